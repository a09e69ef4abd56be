// The keys, and what they do.

import { find, make } from "./dom.js";

export const KEYS = [
  ["1, 2, 3 …", "the views"],
  ["/", "to the prompt"],
  ["w, s", "write, stop"],
  ["[ and ]", "the seed before, the next seed"],
  ["Space, PageDown; PageUp", "the next scene; the scene before"],
  ["arrows, Enter", "walk over tokens, branches and units; take one"],
  ["Shift and ← →", "select tokens, over the units of Inside"],
  ["Backspace", "take the last token away (outside the prompt)"],
  ["+ and −", "larger and smaller type"],
  ["t", "dark or light"],
  ["?", "these keys"],
  ["Escape", "leave the prompt; the whole tree; no selected tokens"],
];

export function toggle() {
  const dialog = find("keys");
  if (dialog.open) return dialog.close();
  const rows = KEYS.map(([key, what]) => make("tr", {}, make("th", { scope: "row" }, key), make("td", {}, what)));
  const close = make("button", { type: "button", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(make("h2", {}, "Keys"), make("table", {}, rows), close);
  dialog.showModal();
}
