// The bits of each token: of one model, or of one less another.

import { bits, lightsUp, make, visible } from "./dom.js";
import { look } from "./colours.js";

export const title = "Surprise";
export const path = "surprise";

export function question(state, lab) {
  const models = [...new Set([...state.models, ...(lab.models.has(state.minus) ? [state.minus] : [])])].slice(0, 5);
  return { text: state.text, models };
}

export function show(place, answer, lab) {
  const { state } = lab;
  const first = state.models.map((key) => [key, answer.models[key]]).filter(([, told]) => told);
  place.replaceChildren(choice(lab, answer), ...first.filter(([key]) => key !== state.minus).map(([key, told]) => block(key, told, answer, lab)));
}

function choice(lab, answer) {
  const { state } = lab;
  const options = [["", "bits"], ...Object.keys(answer.models).map((key) => [key, `bits less those of ${look(lab, key).name}`])];
  const select = make("select", { id: "minus", "aria-label": "What is shown", onchange: (e) => lab.change({ minus: e.target.value }) },
    options.map(([key, name]) => make("option", { value: key, selected: key === state.minus }, name)));
  return make("p", { class: "choice" }, make("label", { for: "minus" }, "Shown: "), select);
}

function block(key, told, answer, lab) {
  const { colour, mark, name } = look(lab, key);
  const other = lab.state.minus && answer.models[lab.state.minus];
  const same = other && JSON.stringify(other.tokens) === JSON.stringify(told.tokens);
  const values = told.tokens.map((_, k) => {
    if (!other) return told.bits[k];
    return same && told.bits[k] !== null && other.bits[k] !== null ? told.bits[k] - other.bits[k] : undefined;
  });
  const shown = values.map((value, k) => token(told, k, value, Boolean(other)));
  const total = values.every((v) => typeof v === "number") ? values.reduce((a, b) => a + b, 0) : null;
  const reach = lab.models.get(key).reach;
  shown.forEach((element, k) => {
    const seen = (on) => () => shown.forEach((e, j) => e.classList.toggle("seen", on && j < k && (reach === null || j >= k - reach)));
    element.addEventListener("pointerenter", seen(true));
    element.addEventListener("focus", seen(true));
    element.addEventListener("pointerleave", seen(false));
    element.addEventListener("blur", seen(false));
  });
  const heading = `${mark} ${name}${other ? ` less ${look(lab, lab.state.minus).name}` : ""}: `;
  const sum = total === null ? (other && !same ? "the tokens are not the same" : "infinite") : `${total.toFixed(2)} bits, ${(total / Math.max(1, values.length)).toFixed(3)} a token`;
  return make("section", { class: "surprise", css: { "--colour": colour } },
    make("h3", {}, heading, make("span", { class: "total" }, sum)),
    make("p", { class: "tokens", dir: "auto" }, shown),
    make("p", { class: "note" }, `What it sees: ${told.sees}.`));
}

function token(told, k, value, isDifference) {
  const missing = value === null || value === undefined;
  const strength = missing ? 1 : Math.min(Math.abs(value) / (isDifference ? 4 : 10), 1);
  const kind = missing ? "missing" : value < 0 ? "negative" : "positive";
  const text = isDifference && !missing && value >= 0 ? `+${bits(value)}` : bits(value);
  const element = make("span", { class: `bit ${kind}`, tabindex: 0, css: { "--strength": strength }, "aria-label": `${visible(told.tokens[k])}: ${text} bits` },
    make("bdi", {}, visible(told.tokens[k])), make("small", {}, text));
  return lightsUp(element, told.tokens[k]);
}

export function csv(answer, lab) {
  const lines = [["model", "token", "bits"]];
  for (const [key, told] of Object.entries(answer.models))
    told.tokens.forEach((token, k) => lines.push([look(lab, key).name, token, told.bits[k] ?? "inf"]));
  return lines;
}

export function command(state, lab, quote) {
  return state.models.map((key) => `keraslm score ${quote(lab.models.get(key).given)} ${quote(state.text)}`).join("\n");
}
