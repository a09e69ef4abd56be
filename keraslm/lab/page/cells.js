// Inside the cells: units by tokens, a unit's equations, interventions, ablations.

import { ask, Refused } from "./api.js";
import { look } from "./colours.js";
import { again, make, visible } from "./dom.js";
import { bars, decoded, list, put } from "./forces.js";
import { heatmap, picture, scale } from "./heatmap.js";
import { looked } from "./looked.js";
import { figure } from "./mathml.js";
import { byChange, byRange, changes, ordered } from "./ranking.js";
import { equations } from "./unit.js";

function asked(state, lab) {
  const { model, cells } = looked(state, lab);
  if (!cells) return { model };
  const layer = Math.min(state.layer, cells.length);
  const { values, units } = cells[layer - 1];
  return { model, layer, what: values.includes(state.what) ? state.what : "h", units, values, layers: cells.length };
}

export function question(state, lab) {
  const { model, layer, what, values } = asked(state, lab);
  if (!values) throw new Refused(`${look(lab, model).name} has no cells to look into; choose an rnn, a gru, an lstm or a transformer.`);
  return { model, text: state.text, layer, what, forces: decoded(state), selected: range(state) };
}

const range = (state) => (state.selected ? state.selected.split("-").map(Number) : null);

let parts = null; // the view's places, which stay while it is shown

function frame(place) {
  if (parts && place.contains(parts.map)) return parts;
  const names = ["controls", "map", "readout", "forces", "bars", "unit", "slider", "change", "range"];
  parts = Object.fromEntries(names.map((name) => [name, make(name === "forces" ? "ul" : "div", { class: `inside-${name}` })]));
  parts.map.setAttribute("tabindex", "0");
  parts.map.setAttribute("role", "application");
  parts.map.setAttribute("aria-label", "Units by tokens; arrows move, with Shift they select tokens, Escape clears the range");
  parts.readout.setAttribute("aria-live", "polite");
  place.replaceChildren(parts.controls,
    make("div", { class: "halves" }, make("section", {}, parts.map, parts.readout, parts.slider, parts.unit, parts.range), make("section", {}, parts.forces, parts.bars, parts.change)));
  return parts;
}

export function show(place, answer, lab) {
  const { state } = lab;
  const given = asked(state, lab);
  const at = frame(place);
  const all = answer.skipped + answer.tokens.length;
  const chosen = { unit: Math.min(state.unit ?? 0, given.units - 1), place: Math.min(state.place ?? all - 1, all - 1), selected: range(state) };
  const token = (n) => (n === 0 ? "start" : visible(answer.tokens[n - answer.skipped] ?? "…"));
  const colour = look(lab, given.model).colour;
  again(at.controls, () => controls(at.controls, given, answer, lab));
  again(at.forces, () => list(at.forces, answer, lab, token, "No interventions: set a value of the chosen unit below."));
  again(at.range, () => byRange(at.range, answer.selected, chosen, token, lab));
  map(at, answer, given, chosen, lab);
  slider(at.slider, given, chosen, answer, lab);
  const { model } = given, { text } = state, forces = decoded(state);
  const failed = (error) => error instanceof Refused || lab.lost();
  ask("inside-bars", { model, text, forces }, "intervene").then((told) => told && bars(at.bars, told, colour, lab), failed);
  ask("inside-unit", { model, text, forces, layer: given.layer, unit: chosen.unit, place: chosen.place }, "unit")
    .then((told) => told && again(at.unit, () => equations(at.unit, told, { ...given, unit: chosen.unit }, lab)), failed);
  at.change.style.setProperty("--colour", colour);
  changes({ model, text, layer: given.layer, start: state.silent }, at.change, failed, (found) => {
    again(at.change, () => byChange(at.change, found, chosen.place, token, lab));
    if (state.rows === "change" && lab.state === state) map(at, answer, given, chosen, lab);
  });
}

function controls(place, given, answer, lab) {
  const select = (name, label, options, now) => make("label", {}, `${label} `, make("select", { "data-act": name, onchange: (event) => lab.change({ [name]: name === "layer" ? Number(event.target.value) : event.target.value }, true) },
    options.map(([value, said]) => make("option", { value, selected: String(value) === String(now) }, said))));
  const { mark, name, colour } = look(lab, given.model);
  const layers = Array.from({ length: given.layers }, (_, k) => [k + 1, String(k + 1)]);
  const rows = [["unit", "number"], ["change", "change"], ["range", "range"]];
  const most = scale(answer), isShare = answer.range?.[0] === 0;
  place.replaceChildren(make("span", { class: "mark", css: { "--colour": colour } }, `${mark} ${name}`), select("layer", "Layer", layers, given.layer),
    select("what", "Value", given.values.map((v) => [v, v]), given.what), select("rows", "Rows by", rows, lab.state.rows),
    make("span", { class: isShare ? "legend share" : "legend" }, isShare ? "0" : `−${most.toPrecision(2)}`, make("i", {}), isShare ? "1" : `+${most.toPrecision(2)}`),
    answer.skipped ? make("span", { class: "note" }, `The first ${answer.skipped.toLocaleString("en")} tokens are read, and not shown.`) : "");
}

function map(at, answer, given, chosen, lab) {
  const order = ordered(given.units, lab.state, answer);
  const forced = decoded(lab.state).filter((f) => f.layer === given.layer && f.what === given.what);
  const last = answer.skipped + answer.tokens.length - 1;
  const read = (unit = chosen.unit, column = chosen.place - answer.skipped) => {
    const value = answer.values[unit]?.[column];
    at.readout.replaceChildren(`unit ${unit}, `, make("bdi", {}, column + answer.skipped ? visible(answer.tokens[column] ?? "…") : "start"), ` (${column + answer.skipped}): ${given.what} = ${value === undefined ? "not shown" : figure(value)}`);
  };
  const choose = (unit, place) => lab.change({ unit, place: place === last ? null : place }, true);
  const selectTokens = (a, b) => lab.change({ selected: `${Math.min(a, b)}-${Math.max(a, b)}` }, true);
  const was = at.map.scrollLeft, isNew = !at.map.firstChild;
  at.map.replaceChildren(...heatmap(at.map, answer, order, chosen, forced, { read, choose, select: selectTokens }));
  at.map.scrollLeft = isNew ? at.map.scrollWidth : was;
  read();
  at.map.onkeydown = (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Escape" && lab.state.selected) return lab.change({ selected: "" }, true);
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const place = Math.min(Math.max(chosen.place + step[1], answer.skipped), last);
    if (event.shiftKey && step[1]) return extend(place, chosen, lab);
    const row = Math.min(Math.max(order.indexOf(chosen.unit) + step[0], 0), order.length - 1);
    lab.change({ unit: order[row], place: place === last ? null : place });
  };
}

// Shift and an arrow: the range ends at the chosen token, which moves.
function extend(place, chosen, lab) {
  const [first, last] = chosen.selected ?? [chosen.place, chosen.place];
  const still = chosen.place === first ? last : first;
  lab.change({ place, selected: `${Math.min(place, still)}-${Math.max(place, still)}` });
}

// The value that the shown name of the chosen unit is set to, by hand.
function slider(place, given, chosen, answer, lab) {
  const what = [given.model, given.layer, given.what, chosen.unit, chosen.place].join();
  if (place.contains(document.activeElement) && place.dataset.what === what) return;
  place.dataset.what = what;
  const [low, high] = answer.range ?? [-2, 2];
  const now = answer.values[chosen.unit]?.[chosen.place - answer.skipped] ?? 0;
  const output = make("output", { for: "set-value" }, now.toFixed(2));
  const input = make("input", { id: "set-value", type: "range", min: low, max: high, step: 0.01, value: now, oninput: (event) => {
    output.textContent = Number(event.target.value).toFixed(2);
    put(lab, { layer: given.layer, what: given.what, unit: chosen.unit, value: Number(event.target.value), start: chosen.place }, false);
  } });
  place.replaceChildren(make("div", { class: "slider" }, make("label", { for: "set-value" }, `Set ${given.what} to`), input, output));
}

export function csv(answer) {
  const lines = [["unit", ...answer.tokens.map((token, k) => `${k + answer.skipped} ${token}`)]];
  answer.values.forEach((row, unit) => lines.push([unit, ...row]));
  return lines;
}

export function command(state, lab, quote) {
  const { model, layer, what } = asked(state, lab);
  const forces = decoded(state).map((f) => `--set ${f.layer}.${f.what}.${f.unit}=${f.value ?? "hold"}@${f.start}`);
  const silent = state.silent === null ? [] : [`--silent-from ${state.silent}`];
  return ["keraslm inside", quote(lab.models.get(model).given), quote(state.text), `--layer ${layer}`, `--value ${what}`, ...forces, ...silent, "--json"].join(" ");
}

export function svg(answer, lab) {
  const { layer, what, units } = asked(lab.state, lab);
  return picture(document.querySelector("svg.heatmap"), answer, `${what} of the ${units} units of layer ${layer}, by rows`);
}
