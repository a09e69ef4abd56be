// A transformer, token by token. The state is the position, and of each block the keys,
// turned by their positions, and the values of the last tokens: at most context - 1.

const EPSILON = 1e-6;

function transformerNetwork(described, arrays) {
  const { heads, context } = described;
  const output = OUTPUTS[described.output.kind](arrays, described.output);
  const blocks = Array.from({ length: described.layers }, (_, k) => (name) => arrays[`block ${k + 1} ${name}`]);
  return {
    start: () => ({ position: 0, caches: blocks.map(() => []) }),
    step(id, { position, caches }) {
      const turned = turner(position, arrays.embedding.columns / heads);
      let x = rowOf(arrays.embedding, id);
      const after = blocks.map((own, k) => {
        const [shown, cache] = attend(own, x, caches[k], turned, heads);
        x = added(x, product(own("O"), shown));
        const wide = product(own("W"), normed(x, own("norm before hidden")), own("b"));
        x = added(x, product(own("V"), wide.map(gelu), own("c")));
        return cache.slice(-(context - 1) || cache.length);
      });
      const last = normed(x, arrays.norm);
      return { logits: () => output(last), state: { position: position + 1, caches: after } };
    },
  };
}

// What each head shows of the tokens that are kept and of this one, side by side.
function attend(own, x, cache, turned, heads) {
  const width = x.length, d = width / heads;
  const both = product(own("qkv"), normed(x, own("norm before attention")));
  const parts = Array.from({ length: 3 * heads }, (_, k) => both.subarray(k * d, (k + 1) * d));
  const keys = parts.slice(heads, 2 * heads).map(turned), values = parts.slice(2 * heads);
  const seen = [...cache, { keys, values }];
  const shown = new Float32Array(width);
  for (let head = 0; head < heads; head++) {
    const q = turned(parts[head]);
    const scores = seen.map((one) => dot(q, one.keys[head]) / Math.sqrt(d));
    const most = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - most));
    const total = powers.reduce((one, other) => one + other);
    seen.forEach((one, j) => one.values[head].forEach((v, k) => { shown[head * d + k] += powers[j] / total * v; }));
  }
  return [shown, seen];
}

// Rotary positions: (a, b) -> (a cos pw - b sin pw, a sin pw + b cos pw), w of each pair.
function turner(position, d) {
  const angles = Array.from({ length: d / 2 }, (_, k) => position * 10000 ** (-2 * k / d));
  const cosines = angles.map(Math.cos), sines = angles.map(Math.sin);
  return (x) => Float32Array.from(x, (value, k) => {
    const pair = k % (d / 2), other = x[k < d / 2 ? k + d / 2 : k - d / 2];
    return k < d / 2 ? value * cosines[pair] - other * sines[pair] : other * sines[pair] + value * cosines[pair];
  });
}

function normed(x, gain) {
  const root = Math.sqrt(dot(x, x) / x.length + EPSILON);
  return x.map((value, k) => gain.values[k] * value / root);
}

const gelu = (z) => z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))) / 2;
const added = (x, y) => x.map((value, k) => value + y[k]);

function dot(x, y) {
  let total = 0;
  for (let k = 0; k < x.length; k++) total += x[k] * y[k];
  return total;
}
