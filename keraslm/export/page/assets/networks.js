// Networks: start() gives the state before a text; step(id, state) reads a token and
// gives the state after it, and logits(), the scores of the next one, which cost most
// where there are many words and are asked for only where they are used. No state is
// ever changed.

const BOUNDARY = 1;

function recurrentNetwork(described, arrays) {
  const layers = described.cells.map((cell, k) => layerOf(cell, k + 1, arrays));
  const output = OUTPUTS[described.output.kind](arrays, described.output);
  return {
    start: () => layers.map((layer) => layer.start()),
    step(id, states) {
      let x = rowOf(arrays.embedding, id);
      const after = layers.map((layer, k) => {
        const state = layer.step(x, states[k]);
        x = described.residual ? handOn(x, state.h) : state.h;
        return state;
      });
      const last = x;
      return { logits: () => output(last), state: after };
    },
  };
}

// h, or x + h where the two have the same width
function handOn(x, h) {
  return x.length === h.length ? h.map((value, k) => value + x[k]) : h;
}

// The state of a window is its ids, the newest last.
function windowNetwork(described, arrays) {
  const first = FIRST[described.input];
  const own = (number, name) => arrays[`layer ${number} ${name}`];
  return {
    start: () => new Array(described.context).fill(BOUNDARY),
    step(id, before) {
      const seen = [...before.slice(1), id];
      return { logits: () => logits(seen), state: seen };
    },
  };

  function logits(seen) {
    let hidden = first(seen, own(1, "W"), own(1, "b"), arrays.embedding);
    for (let number = 2; number <= described.layers; number++) {
      hidden = product(own(number, "W"), hidden.map(Math.tanh), own(number, "b"));
    }
    return hidden;
  }
}

// What the first layer makes of a window.
const FIRST = {
  embedding(seen, W, b, table) {
    const joined = new Float32Array(seen.length * table.columns);
    seen.forEach((id, place) => joined.set(rowOf(table, id), place * table.columns));
    return product(W, joined, b);
  },
  // one block of rows for each place of the window
  "one-hot"(seen, W, b) {
    const size = W.rows / seen.length;
    return sumOfRows(W, seen.map((id, place) => place * size + id), b);
  },
  // each word of the window once
  "bag-of-words": (seen, W, b) => sumOfRows(W, [...new Set(seen)], b),
};

function sumOfRows(table, rows, b) {
  const sum = Float64Array.from(b.values);
  for (const row of rows) {
    const values = rowOf(table, row);
    for (let k = 0; k < sum.length; k++) sum[k] += values[k];
  }
  return Float32Array.from(sum);
}
