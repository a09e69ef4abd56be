// From logits to the distribution that is drawn from, as in keraslm/sampling.

// P = softmax(logits), in 64-bit floats
function softmax(logits) {
  const weights = temper(Float64Array.from(logits), 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

// w proportional to P^(1/T), the heaviest 1; T = 0 leaves the first of the best
function temper(logits, temperature) {
  let best = 0;
  for (let w = 1; w < logits.length; w++) if (logits[w] > logits[best]) best = w;
  const most = logits[best];
  if (temperature === 0) return logits.map((_, w) => (w === best ? 1 : 0));
  return logits.map((logit) => Math.exp((logit - most) / temperature));
}

// The k heaviest tokens; among equals the lower ids are kept.
function keepTopK(weights, k) {
  if (k >= weights.length) return weights;
  const least = Float64Array.from(weights).sort()[weights.length - k];
  let room = k;
  for (const weight of weights) if (weight > least) room--;
  return weights.map((weight) => {
    if (weight > least) return weight;
    return weight === least && room-- > 0 ? weight : 0;
  });
}

// The fewest heaviest tokens whose share of the mass reaches p.
function keepTopP(weights, p) {
  if (p >= 1) return weights;
  const falling = Float64Array.from(weights).sort().reverse();
  const aim = p * falling.reduce((sum, weight) => sum + weight, 0);
  let mass = 0;
  let needed = 0;
  while (needed < falling.length && mass < aim) mass += falling[needed++];
  return keepTopK(weights, Math.max(needed, 1));
}

// The tokens at least m times as probable as the best one, which weighs 1.
function keepMinP(weights, m) {
  return weights.map((weight) => (weight >= m ? weight : 0));
}

// What is drawn from: `how` has temperature, topK, topP and minP. <unk> never is.
function reshaped(logits, how) {
  const allowed = Float64Array.from(logits);
  allowed[UNKNOWN] = -Infinity;
  if (!allowed.some((logit) => logit > -Infinity)) allowed.fill(0, 1);
  let weights = temper(allowed, how.temperature);
  weights = keepTopK(weights, how.topK);
  weights = keepTopP(weights, how.topP);
  weights = keepMinP(weights, how.minP);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

// The token at a point in [0, 1) of the running sum.
function draw(distribution, point) {
  let sum = 0;
  for (const share of distribution) sum += share;
  const aim = point * sum;
  let running = 0;
  let last = 0;
  for (let w = 0; w < distribution.length; w++) {
    running += distribution[w];
    if (distribution[w] > 0) last = w;
    if (running > aim) return w;
  }
  return last;
}
