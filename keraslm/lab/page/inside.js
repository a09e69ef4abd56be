// Inside a network: the units of its cells, or the heads of its attention.

import * as cells from "./cells.js";
import * as heads from "./heads.js";
import { looked } from "./looked.js";

export const title = "Inside";
export const path = "inside";
export const keeps = true; // the same question has the same answer

const kind = (state, lab) => (looked(state, lab).heads ? heads : cells);

export const question = (state, lab) => kind(state, lab).question(state, lab);
export const csv = (answer, lab) => kind(lab.state, lab).csv(answer, lab);
export const command = (state, lab, quote) => kind(state, lab).command(state, lab, quote);
export const svg = (answer, lab) => kind(lab.state, lab).svg(answer, lab);

export function show(place, answer, lab) {
  const isOfHeads = Boolean(answer.weights);
  if (isOfHeads === Boolean(looked(lab.state, lab).heads)) kind(lab.state, lab).show(place, answer, lab);
}
