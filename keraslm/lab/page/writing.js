// Text that models write after the prompt, all of them at once.

import { make } from "./dom.js";
import { look } from "./colours.js";
import { Refused, write } from "./api.js";

let control = null;

export function panel(place, lab) {
  const start = make("button", { type: "button", class: "main", onclick: () => begin(place, lab) }, "Write");
  const stop = make("button", { type: "button", onclick: () => halt() }, "Stop");
  place.replaceChildren(make("p", { class: "buttons" }, start, stop), make("div", { class: "texts", "aria-live": "off" }));
}

export function halt() {
  control?.abort();
  control = null;
}

export async function begin(place, lab) {
  halt();
  control = new AbortController();
  const { signal } = control;
  const texts = lab.state.models.map((key) => {
    const { mark, colour, name } = look(lab, key);
    const text = make("p", { class: "written", dir: "auto" }, make("span", { class: "prompt" }, lab.state.text));
    const box = make("article", { css: { "--colour": colour } }, make("h3", { class: "mark" }, `${mark} ${name}`), text);
    return { key, text, box };
  });
  const shown = place.querySelector(".texts");
  shown.replaceChildren(...texts.map((t) => t.box));
  shown.dataset.state = "writing";
  await Promise.all(texts.map((t) => one(t, signal, lab)));
  if (!signal.aborted) shown.dataset.state = "written";
}

async function one({ key, text }, signal, lab) {
  const { temperature, top_k, top_p, min_p, seed, length } = lab.state;
  const question = { model: key, text: lab.state.text, temperature, top_k, top_p, min_p, seed, length };
  const written = document.createTextNode("");
  text.append(written);
  try {
    for await (const piece of write(question, signal)) written.data += piece;
  } catch (error) {
    if (!signal.aborted) text.append(make("em", {}, ` ${error instanceof Refused ? error.message : "the lab does not answer"}`));
  }
}
