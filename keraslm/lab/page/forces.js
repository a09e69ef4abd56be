// Interventions, and the next token's distribution without and with them.

import { lightsUp, make, percent, visible } from "./dom.js";

// The interventions of the address, as the lab is asked about them.
export function decoded(state) {
  return state.forces.split(",").filter(Boolean).map((one) => {
    const [layer, what, unit, value, start] = one.split(":");
    return { layer: Number(layer), what, unit: Number(unit), value: value === "hold" ? null : Number(value), start: Number(start) };
  });
}

function encoded(forces) {
  return forces.map((f) => [f.layer, f.what, f.unit, f.value ?? "hold", f.start].join(":")).join(",");
}

// Force a value; an earlier intervention on the same one is replaced.
export function put(lab, force, isStep = true) {
  const others = decoded(lab.state).filter((f) => f.layer !== force.layer || f.what !== force.what || f.unit !== force.unit);
  lab.change({ forces: encoded([...others, force].slice(-16)) }, isStep);
}

// What an intervention holds; of a head, how much of it is handed on.
function held({ layer, what, unit, value }) {
  if (what === "head") return `Layer ${layer}, head ${unit} ${value === 0 ? "silent" : `times ${value}`} from `;
  return `Layer ${layer}, unit ${unit}: ${value === null ? `${what} frozen` : `${what} = ${value}`} from `;
}

export function list(place, answer, lab, token, nothing) {
  const forces = decoded(lab.state);
  const remove = (k) => lab.change({ forces: encoded(forces.filter((_, j) => j !== k)) }, true);
  const items = forces.map((f, k) => {
    const said = held(f);
    const where = make("bdi", {}, `${token(f.start)} (${f.start})`);
    return make("li", { class: answer.fitting[k] ? "" : "unfit" }, make("span", {}, said, where, answer.fitting[k] ? "" : ", which this model does not have"),
      make("button", { type: "button", "data-act": `remove-${k}`, "aria-label": `Remove: ${said}${token(f.start)}`, onclick: () => remove(k) }, "×"));
  });
  const all = forces.length > 1 && make("li", {}, make("button", { type: "button", "data-act": "remove-all", onclick: () => lab.change({ forces: "" }, true) }, "Remove all"));
  const none = make("li", { class: "note" }, nothing);
  place.replaceChildren(...(forces.length ? [...items, all].filter(Boolean) : [none]));
}

const kept = new Map(); // so that bars move from where they were

export function bars(place, told, colour, lab) {
  const values = [...told.before.p, ...told.after.p, told.before.others, told.after.others];
  const most = Math.max(...values, 0.01);
  const rows = told.tokens.map((token, r) => row(token.token, visible(token.token), told.before.p[r], told.after.p[r], most, () => lab.take(token.piece)));
  rows.push(row(null, `the other ${told.others.toLocaleString("en")} tokens`, told.before.others, told.after.others, most, null));
  const same = told.bits === 0 && lab.state.forces === "";
  const size = told.bits === null ? "infinite" : `${told.bits < 1e-4 ? told.bits.toExponential(2) : told.bits.toFixed(4)} bits`;
  const key = same ? "Without interventions." : `Outline before, fill after. KL(before ‖ after): ${size}`;
  place.style.setProperty("--colour", colour);
  place.replaceChildren(make("h3", {}, "What may come next"), make("p", { class: "note" }, key), make("ol", { class: "rows" }, rows));
}

function row(token, name, before, after, most, take) {
  const id = token ?? "";
  const line = kept.get(id) ?? made(token, take !== null);
  kept.set(id, line);
  const [label, box] = line.children;
  label.firstChild.textContent = name;
  const [fill, raw, figure] = box.firstChild.children;
  fill.style.setProperty("width", `${100 * after / most}%`);
  raw.style.setProperty("width", `${100 * before / most}%`);
  const [one, other] = [percent(before), percent(after)];
  figure.textContent = one === other ? one : `${one} → ${other}`;
  line.setAttribute("aria-label", `${name}: ${figure.textContent}`);
  line.onclick = take;
  line.onkeydown = (event) => {
    if (event.key === "Enter") take?.();
    const next = { ArrowDown: line.nextElementSibling, ArrowUp: line.previousElementSibling }[event.key];
    if (next) { event.preventDefault(); next.focus(); }
  };
  return line;
}

function made(token, isToken) {
  const bar = make("div", { class: "bar" }, make("i", { class: "fill" }), make("i", { class: "raw" }), make("span", { class: "figure" }));
  const line = make("li", { class: isToken ? "row" : "row others", tabindex: isToken ? 0 : null }, make("div", { class: "label" }, make("bdi", { class: isToken ? "token" : "" })), make("div", { class: "bars" }, bar));
  return isToken ? lightsUp(line, token) : line;
}
