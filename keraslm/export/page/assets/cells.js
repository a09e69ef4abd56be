// The equations of one step, with the letters of keraslm/cells: z = x W + b, a = h U.
// W = [W_1, W_2, ..] holds a block of columns for each gate, and so U and b.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const ACTIVATIONS = { tanh: Math.tanh, sigmoid, linear: (x) => x };

const CELLS = {
  rnn: {
    states: ["h"],
    // h = g(z + a)
    advance(z, a, state, cell) {
      const g = ACTIVATIONS[cell.activation];
      const h = new Float32Array(cell.units);
      for (let k = 0; k < h.length; k++) h[k] = g(z[k] + a[k]);
      return { h };
    },
  },

  gru: {
    states: ["h"],
    // z = sigmoid(..), r = sigmoid(..), g = tanh(x_g + r * h_g), h = z * h + (1 - z) * g
    advance(x, a, state, cell) {
      const units = cell.units;
      const h = new Float32Array(units);
      for (let k = 0; k < units; k++) {
        const z = sigmoid(x[k] + a[k]);
        const r = sigmoid(x[units + k] + a[units + k]);
        const g = Math.tanh(x[2 * units + k] + r * a[2 * units + k]);
        h[k] = z * state.h[k] + (1 - z) * g;
      }
      return { h };
    },
  },

  lstm: {
    states: ["h", "c"],
    // i, f, o = sigmoid(..), g = tanh(..), c = f * c + i * g, h = o * tanh(c)
    advance(z, a, state, cell) {
      const units = cell.units;
      const h = new Float32Array(units);
      const c = new Float32Array(units);
      for (let k = 0; k < units; k++) {
        const i = sigmoid(z[k] + a[k]);
        const f = sigmoid(z[units + k] + a[units + k]);
        const g = Math.tanh(z[2 * units + k] + a[2 * units + k]);
        const o = sigmoid(z[3 * units + k] + a[3 * units + k]);
        c[k] = f * state.c[k] + i * g;
        h[k] = o * Math.tanh(c[k]);
      }
      return { h, c };
    },
  },
};

// A cell and its weights: a step of x and a state gives the next state.
function layerOf(cell, number, arrays) {
  const own = (name) => arrays[`layer ${number} ${name}`];
  const { states, advance } = CELLS[cell.name];
  return {
    start() {
      return Object.fromEntries(states.map((s) => [s, new Float32Array(cell.units)]));
    },
    step(x, state) {
      const z = product(own("W"), x, own("b"));
      const a = product(own("U"), state.h, own("b_h"));
      return advance(z, a, state, cell);
    },
  };
}
