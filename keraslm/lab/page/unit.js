// One unit at one token: its equations with the numbers in them, and buttons to force.

import { make, visible } from "./dom.js";
import { put } from "./forces.js";
import { figure, formula, numbers } from "./mathml.js";

let isOpen = false; // the table of units that drive it

export function equations(place, told, asked, lab) {
  const { layer, unit } = asked;
  const force = (what, value) => put(lab, { layer, what, unit, value, start: told.place });
  const row = (line) => {
    const { name, value } = line;
    const button = (label, held, said) => make("button", { type: "button", "data-act": `${name}-${label}`, "aria-label": `${said} from this token on`, title: `${said} from this token on`, onclick: () => force(name, held) }, label);
    const forced = told.forced.includes(name);
    return make("tr", { class: forced ? "forced" : "" },
      make("td", {}, line.formula ? formula(line.formula) : name, make("div", { class: "numbers" }, line.pieces ? numbers(line.pieces) : "")),
      make("td", { class: "result" }, `${forced ? "forced: " : "= "}${figure(value)}`, make("div", { class: "acts" }, button("0", 0, `${name} = 0`), button("1", 1, `${name} = 1`), button("freeze", null, `${name} as it is`))));
  };
  const known = new Set(asked.values);
  const lines = told.lines.length ? told.lines : Object.entries(told.now).filter(([name]) => known.has(name)).map(([name, value]) => ({ name, value }));
  const before = Object.entries(told.before).map(([name, value]) => `${name} = ${figure(value)}`).join(", ");
  place.replaceChildren(
    make("h3", {}, `Layer ${layer}, unit ${unit}, at `, make("bdi", { class: "token" }, visible(told.token)), ` (${told.place})`),
    make("p", { class: "note" }, `Before this token: ${before}.`),
    make("div", { class: "wide" }, make("table", { class: "equations" }, make("tbody", {}, lines.map(row)))),
    drivers(told, asked, lab));
}

// The units of the layer whose h adds most to this unit's h U.
function drivers(told, asked, lab) {
  const gates = told.lines.filter((line) => line.formula.includes("x W")).map((line) => line.name);
  const head = ["unit", "h", ...told.drivers[0].adds.map((_, k) => `h U, ${gates[k] ?? k + 1}`)];
  const rows = told.drivers.map((d) => make("tr", {}, make("th", { scope: "row" }, make("button", { type: "button", "data-act": `driver-${d.unit}`, onclick: () => lab.change({ unit: d.unit }, true) }, String(d.unit))),
    make("td", {}, figure(d.h)), d.adds.map((x) => make("td", {}, figure(x)))));
  return make("details", { open: isOpen, ontoggle: (event) => { isOpen = event.target.open; } }, make("summary", {}, "What adds most to h U: units of the layer, by their h before"),
    make("div", { class: "wide" }, make("table", { class: "figures" }, make("tr", {}, head.map((h) => make("th", { scope: "col" }, h))), rows)));
}
