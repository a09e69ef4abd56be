// Units in the order of what they matter: by their ablation, and by a range of tokens.

import { ask } from "./api.js";
import { make } from "./dom.js";
import { figure } from "./mathml.js";

const SHOWN = 12;
const REST = 120; // milliseconds without a change
let waiting = 0;
const found = { key: "", bits: [], missing: 0, start: 0 };

// Ask for each unit's ablation once nobody types, as many at once as the lab has time
// for, while the box is shown; after each answer, `done`.
export function changes(asked, box, failed, done) {
  const key = JSON.stringify(asked);
  clearTimeout(waiting);
  if (found.key === key && !found.missing) return done(found);
  waiting = setTimeout(() => goOn(asked, key, box, done).catch(failed), REST);
}

async function goOn(asked, key, box, done) {
  if (found.key !== key) Object.assign(found, { key, bits: [], missing: 0 });
  do {
    const answer = await ask("inside-changes", { ...asked, first: found.bits.length }, "ablate");
    if (!answer || found.key !== key) return;
    Object.assign(found, { bits: [...found.bits, ...answer.bits], missing: answer.missing, start: answer.start });
    done(found);
  } while (found.missing && box.isConnected);
}

// The order of the rows of the map.
export function ordered(units, state, answer) {
  const numbers = [...Array(units).keys()];
  if (state.rows === "change" && found.bits.length === units) return best(found.bits);
  if (state.rows === "range" && answer.selected) {
    const first = answer.selected.map((s) => s.unit);
    return [...first, ...numbers.filter((u) => !first.includes(u))];
  }
  return numbers;
}

const best = (bits) => [...bits.keys()].sort((a, b) => bits[b] - bits[a] || a - b);

// What is ranked by its ablation: how it is called, and what a click on one chooses.
const UNITS = { title: "Units by what their silence changes", zero: "h = 0 ", where: "Where the units are silent", missing: "units", name: String, chosen: (unit) => ({ unit }) };
export const headsOf = (number) => ({
  title: "Heads by what their silence changes", zero: "a head is silent ", where: "Where the heads are silent", missing: "heads",
  name: (k) => `layer ${Math.floor(k / number) + 1}, head ${k % number}`,
  chosen: (k) => ({ layer: Math.floor(k / number) + 1, unit: k % number }),
});

export function byChange(box, { bits, missing, start }, place, token, lab, kind = UNITS) {
  const order = best(bits).slice(0, SHOWN);
  const most = Math.max(bits[order[0]] ?? 0, 1e-9);
  const last = lab.state.silent === null;
  const rows = order.map((unit) => make("li", {}, make("button", { type: "button", "data-act": `ranked-${unit}`, onclick: () => lab.change(kind.chosen(unit), true) }, kind.name(unit)), make("span", { class: "amount" }, make("i", { css: { width: `${100 * bits[unit] / most}%` } })), make("span", { class: "figure" }, `${bits[unit] < 1e-4 ? bits[unit].toExponential(1) : bits[unit].toFixed(4)}`)));
  const options = [["", "at the last token"], ["here", "from the chosen token on"]];
  const select = make("select", { "data-act": "silent", "aria-label": kind.where, onchange: (event) => lab.change({ silent: event.target.value ? place : null }) },
    options.map(([value, name]) => make("option", { value, selected: (value === "") === last }, name)));
  box.replaceChildren(make("h3", {}, kind.title),
    make("p", { class: "choice" }, kind.zero, select, last ? "" : make("bdi", {}, ` ${token(start)} (${start})`), ", without other interventions; KL(before ‖ after) in bits"),
    missing ? make("p", { class: "note" }, `${missing.toLocaleString("en")} ${kind.missing} are not reached yet.`) : "", make("ol", { class: "ranked" }, rows));
}

export function byRange(box, selected, chosen, token, lab) {
  const range = chosen.selected;
  if (!selected) {
    box.replaceChildren(make("h3", {}, "Units that are on in a range"), make("p", { class: "note" }, "Drag over the tokens above the map, or press Shift with an arrow in it."),
      make("p", {}, button("select", "Begin a range at the chosen token", { selected: `${chosen.place}-${chosen.place}` }, lab)));
    return;
  }
  const rows = selected.slice(0, SHOWN).map((s) => make("tr", {}, make("th", { scope: "row" }, choose(s.unit, lab)), make("td", {}, figure(s.score, 3)),
    make("td", {}, s.within === null ? "–" : figure(s.within, 3)), make("td", {}, s.without === null ? "–" : figure(s.without, 3)), make("td", {}, s.exact ? "✓" : "")));
  const head = ["unit", "correlation", "within", "without", "exact"];
  box.replaceChildren(make("h3", {}, "Units that are on from ", make("bdi", {}, token(range[0])), ` (${range[0]}) to `, make("bdi", {}, token(range[1])), ` (${range[1]})`),
    make("div", { class: "wide" }, make("table", { class: "figures" }, make("tr", {}, head.map((h) => make("th", { scope: "col" }, h))), rows)),
    make("p", { class: "note" }, "The correlation with being in the range, and the means; exact: |value| is 0.3 or more there alone."),
    make("p", { class: "buttons" }, button("extend", "To the chosen token", { selected: `${Math.min(range[0], chosen.place)}-${Math.max(range[0], chosen.place)}` }, lab), button("unselect", "Clear", { selected: "", rows: "unit" }, lab)));
}

function button(act, name, change, lab) {
  return make("button", { type: "button", "data-act": act, onclick: () => lab.change(change, true) }, name);
}

function choose(unit, lab) {
  return make("button", { type: "button", "data-act": `unit-${unit}`, onclick: () => lab.change({ unit }, true) }, String(unit));
}
