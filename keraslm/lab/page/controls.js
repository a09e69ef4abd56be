// What is set beside the prompt: models, sampling, the second prompt, the view.

import { find, make } from "./dom.js";
import { look } from "./colours.js";

const SLIDERS = [
  // name, label, lowest, highest, step, what the end of the slider means
  ["temperature", "Temperature", 0, 3, 0.05, null],
  ["top_k", "Top k", 0, 50, 1, "all"],
  ["top_p", "Top p", 0.05, 1, 0.01, "all"],
  ["min_p", "Min p", 0, 0.5, 0.01, "none"],
];

export function viewTabs(views, lab) {
  const shown = lab.views;
  find("views").replaceChildren(...shown.map((name, k) => make("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(lab.state.view === name), "aria-controls": "shown", tabindex: lab.state.view === name ? 0 : -1, title: `Key ${k + 1}`,
    onclick: () => lab.change({ view: name }, true),
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        lab.change({ view: shown[(k + step + shown.length) % shown.length] }, true);
        find(`tab-${lab.state.view}`).focus();
      }
    } }, views[name].title)));
}

export function modelBoxes(lab) {
  const boxes = [...lab.models.values()].map((model) => {
    const { mark, colour, name } = look(lab, model.key);
    const toggle = (event) => {
      const kept = lab.state.models.filter((key) => key !== model.key);
      const next = event.target.checked ? [...kept, model.key].slice(-5) : kept;
      lab.change({ models: next.length ? next : [model.key] }, true);
    };
    const figures = model.truth ? "the grammar itself" : `${model.level === "char" ? "characters" : "words"} · ${model.vocabulary.toLocaleString("en")} tokens · ${model.parameters.toLocaleString("en")} numbers${model.perplexity ? ` · perplexity ${model.perplexity.toFixed(2)} on ${model.text}` : ""}`;
    return make("label", { class: "model", css: { "--colour": colour } }, make("input", { type: "checkbox", value: model.key, checked: lab.state.models.includes(model.key), onchange: toggle }),
      make("span", { class: "mark" }, `${mark} `, make("bdi", {}, name)), make("small", {}, figures));
  });
  find("models").replaceChildren(make("legend", {}, "Models"), ...boxes);
}

export function samplingSliders(lab) {
  const made = SLIDERS.map(([name, label, low, high, step, none]) => {
    const value = lab.state[name];
    const off = name === "top_k" || name === "min_p" ? low : high;
    const output = make("output", { for: `set-${name}` }, value === null ? none : String(value));
    const slide = (event) => {
      const now = Number(event.target.value);
      const set = none !== null && now === off ? null : now;
      output.textContent = set === null ? none : String(set);
      lab.change({ [name]: set });
    };
    return make("div", { class: "slider" }, make("label", { for: `set-${name}` }, label), make("input", { id: `set-${name}`, type: "range", min: low, max: high, step, value: value ?? off, oninput: slide }), output);
  });
  const whole = (name, label, most) => make("div", { class: "slider" }, make("label", { for: `set-${name}` }, label), make("input", { id: `set-${name}`, type: "number", min: 0, max: most, value: lab.state[name],
    oninput: (e) => e.target.validity.valid && e.target.value !== "" && lab.change({ [name]: Number(e.target.value) }) }));
  find("sampling").replaceChildren(make("legend", {}, "Sampling"), ...made, whole("seed", "Seed", 2 ** 32 - 1), whole("length", "Length", 2000));
}

// A character that is put together by several keys is taken when it is whole.
function composes(area, take) {
  area.addEventListener("compositionstart", () => { area.dataset.composing = "yes"; });
  area.addEventListener("compositionend", () => {
    delete area.dataset.composing;
    take();
  });
}

export function prompts(lab) {
  for (const name of ["text", "other"]) {
    const area = find(name);
    if (!area.oninput) composes(area, () => lab.change({ [name]: area.value }));
    if (!area.dataset.composing && area.value !== lab.state[name]) area.value = lab.state[name];
    area.oninput = (event) => event.isComposing || lab.change({ [name]: area.value });
  }
  find("second").hidden = lab.state.view !== "pair";
}
