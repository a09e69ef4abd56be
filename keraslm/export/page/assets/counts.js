// Stored n-grams. The children of a history stand together in the order of their words,
// as in keraslm/counts/trie.py. A state is the places of the last 0, 1, 2 .. tokens
// among the n-grams of that length; a history that was never seen ends it.

const NONE = -1;

function countsNetwork(described, arrays) {
  const levels = [];
  for (let n = 2; n <= described.order; n++) levels.push(levelOf(arrays, n));
  const row = described.delta === undefined ? backedOff : additive;
  return {
    start: () => [0],
    step(id, before) {
      const state = nextHistory(id, before, levels);
      return { logits: () => row(state, levels, arrays, described), state };
    },
  };
}

function levelOf(arrays, n) {
  const children = arrays[`children-${n}`].values;
  const starts = new Uint32Array(children.length + 1);
  for (let k = 0; k < children.length; k++) starts[k + 1] = starts[k] + children[k];
  return { words: arrays[`words-${n}`].values, starts };
}

// The boundary starts a new line, and a new history.
function nextHistory(id, before, levels) {
  if (!levels.length) return [0];
  const longer = [0, id];
  const known = id === BOUNDARY ? 1 : before.length;
  for (let k = 1; k < known && k < levels.length; k++) {
    longer.push(child(levels[k - 1], before[k], id));
  }
  return longer;
}

function child(level, history, word) {
  if (history === NONE) return NONE;
  let low = level.starts[history];
  let high = level.starts[history + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (level.words[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low < level.starts[history + 1] && level.words[low] === word ? low : NONE;
}

// P(w | h) = p(h w) where h w was seen, and b(h) P(w | h') elsewhere
function backedOff(history, levels, arrays) {
  const logP = Float64Array.from(arrays["log-p-1"].values);
  for (let k = 1; k < history.length; k++) {
    if (history[k] === NONE) continue;
    const { words, starts } = levels[k - 1];
    const b = arrays[`log-b-${k}`].values[history[k]];
    for (let w = 0; w < logP.length; w++) logP[w] += b;
    const own = arrays[`log-p-${k + 1}`].values;
    for (let at = starts[history[k]]; at < starts[history[k] + 1]; at++) {
      logP[words[at]] = own[at];
    }
  }
  return logP;
}

// P(w | h) = (c(h w) + delta) / (c(h) + delta V), 1 / V where that is 0 / 0
function additive(history, levels, arrays, { delta, size }) {
  const k = history.length - 1;
  const counts = arrays[`counts-${k + 1}`].values;
  const seen = new Float64Array(size);
  const place = history[k];
  if (k === 0) seen.set(counts);
  else if (place !== NONE) {
    const { words, starts } = levels[k - 1];
    for (let at = starts[place]; at < starts[place + 1]; at++) {
      seen[words[at]] = counts[at];
    }
  }
  const total = seen.reduce((sum, count) => sum + count, 0) + delta * size;
  return seen.map((count) => (total ? Math.log((count + delta) / total) : 0));
}
