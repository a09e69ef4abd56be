// Heads of attention: a square a head, what a token looks at, silenced heads.

import { ask, Refused } from "./api.js";
import { look } from "./colours.js";
import { again, draw, lightsUp, make, visible } from "./dom.js";
import { bars, decoded, list, put } from "./forces.js";
import { looked } from "./looked.js";
import { byChange, changes, headsOf } from "./ranking.js";

const LEVELS = 10; // of strength
const CELL = 20; // the side of a square of a map, in its own units
const NAMED = 24; // tokens, above which a map leaves out their names
const LONGEST = 10; // letters of a name
const LETTER = 9; // the width of a letter

function asked(state, lab) {
  const { model, heads } = looked(state, lab);
  return { model, layer: Math.min(state.layer, heads.layers), head: Math.min(state.unit ?? 0, heads.heads - 1), ...heads };
}

export function question(state, lab) {
  const { model, layer } = asked(state, lab);
  return { model, text: state.text, layer, forces: decoded(state) };
}

let parts = null; // the view's places, which stay while it is shown

function frame(place) {
  if (parts && place.contains(parts.maps)) return parts;
  const names = ["controls", "maps", "readout", "silence", "looks", "forces", "bars", "change"];
  parts = Object.fromEntries(names.map((name) => [name, make(name === "forces" ? "ul" : "div", { class: `inside-${name}` })]));
  parts.maps.setAttribute("tabindex", "0");
  parts.maps.setAttribute("role", "application");
  parts.maps.setAttribute("aria-label", "Heads of a layer, tokens by tokens; up and down choose a token, left and right a head");
  parts.readout.setAttribute("aria-live", "polite");
  place.replaceChildren(parts.controls,
    make("div", { class: "halves" }, make("section", {}, parts.maps, parts.readout, parts.silence, parts.looks), make("section", {}, parts.forces, parts.bars, parts.change)));
  return parts;
}

export function show(place, answer, lab) {
  const { state } = lab;
  const given = asked(state, lab);
  const at = frame(place);
  const last = answer.skipped + answer.tokens.length - 1;
  const chosen = { head: given.head, place: Math.min(Math.max(state.place ?? last, answer.skipped), last) };
  const token = (n) => (n === 0 ? "start" : visible(answer.tokens[n - answer.skipped] ?? "…"));
  const choose = (head, n) => lab.change({ unit: head, place: n === last ? null : n }, true);
  const { mark, name, colour } = look(lab, given.model);
  again(at.controls, () => controls(at.controls, given, answer, `${mark} ${name}`, colour, lab));
  again(at.forces, () => list(at.forces, answer, lab, token, "No head is silent: choose one, and silence it below the maps."));
  maps(at, answer, given, chosen, token, choose, lab);
  again(at.silence, () => silence(at.silence, given, chosen, token, lab));
  again(at.looks, () => looks(at.looks, answer, chosen, token, choose));
  const { model } = given, { text } = state, forces = decoded(state);
  const failed = (error) => error instanceof Refused || lab.lost();
  ask("inside-bars", { model, text, forces }, "intervene").then((told) => told && bars(at.bars, told, colour, lab), failed);
  at.change.style.setProperty("--colour", colour);
  changes({ model, text, start: state.silent }, at.change, failed, (found) =>
    again(at.change, () => byChange(at.change, found, chosen.place, token, lab, headsOf(given.heads))));
}

function controls(place, given, answer, name, colour, lab) {
  const layers = Array.from({ length: given.layers }, (_, k) => make("option", { value: k + 1, selected: k + 1 === given.layer }, String(k + 1)));
  const select = make("select", { "data-act": "layer", onchange: (event) => lab.change({ layer: Number(event.target.value) }, true) }, layers);
  place.replaceChildren(make("span", { class: "mark", css: { "--colour": colour } }, name), make("label", {}, "Layer ", select),
    make("span", { class: "legend share" }, "0", make("i", {}), "1: a row sums to one"),
    answer.skipped ? make("span", { class: "note" }, `The first ${answer.skipped.toLocaleString("en")} tokens are read, and not shown.`) : "");
}

function maps(at, answer, given, chosen, token, choose, lab) {
  const silent = decoded(lab.state).filter((f) => f.what === "head" && f.layer === given.layer);
  const read = (head = chosen.head, row = chosen.place - answer.skipped, column = row) => {
    const weight = answer.weights[head][row][column];
    at.readout.replaceChildren(`layer ${given.layer}, head ${head}: `, named(token, row + answer.skipped), " looks at ", named(token, column + answer.skipped), `: ${weight === undefined ? "nothing, it comes later" : share(weight)}`);
  };
  at.maps.replaceChildren(...answer.weights.map((weights, head) => {
    const held = silent.find((f) => f.unit === head);
    const svg = square(weights, answer, head === chosen.head, chosen.place - answer.skipped, token);
    pointing(svg, answer, (row, column) => read(head, row, column), (row) => choose(head, row + answer.skipped), read);
    const caption = held ? `head ${head}, ${held.value === 0 ? "silent" : `times ${held.value}`} from ${token(held.start)} (${held.start})` : `head ${head}`;
    return make("figure", { class: `headmap${head === chosen.head ? " at" : ""}${held ? " held" : ""}`, "data-head": head }, make("figcaption", {}, caption), svg);
  }));
  read();
  at.maps.onkeydown = (event) => {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const last = answer.skipped + answer.tokens.length - 1;
    const head = Math.min(Math.max(chosen.head + step[0], 0), given.heads - 1);
    const place = Math.min(Math.max(chosen.place + step[1], answer.skipped), last);
    lab.change({ unit: head, place: place === last ? null : place });
  };
}

const named = (token, n) => make("bdi", {}, `${token(n)} (${n})`);
const level = (weight) => Math.round(LEVELS * Math.sqrt(Math.min(weight, 1))); // the root: small weights are seen too

const share = (weight) => `${(100 * weight).toFixed(1)}%`;

// The map of one head: a row a token that is read, a column one that it sees.
function square(weights, answer, isChosen, row, token) {
  const short = (k) => { const name = token(k + answer.skipped); return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name; };
  const shorts = weights.length > NAMED ? [] : weights.map((_, k) => short(k));
  const side = CELL * weights.length, room = shorts.length && 8 + LETTER * Math.max(...shorts.map((name) => name.length));
  const paths = new Map();
  weights.forEach((of, y) => of.forEach((weight, x) => {
    if (level(weight)) paths.set(level(weight), `${paths.get(level(weight)) ?? ""}M${x * CELL} ${y * CELL}h${CELL}v${CELL}h-${CELL}z`);
  }));
  const cells = [...paths].map(([strength, d]) => draw("path", { d, class: "positive", css: { "--level": `${100 * strength / LEVELS}%` } }));
  const ground = weights.map((_, y) => `M0 ${y * CELL}h${(y + 1) * CELL}v${CELL}H0z`).join("");
  const names = shorts.flatMap((name, k) => [
    draw("text", { x: -6, y: (k + 0.72) * CELL, "text-anchor": "end", class: k === row ? "at" : "" }, name),
    draw("text", { transform: `translate(${(k + 0.72) * CELL} ${side + 6}) rotate(-90)`, "text-anchor": "end" }, name),
  ]);
  return draw("svg", { class: "headsquare", viewBox: `${-room} -2 ${side + room + 2} ${side + room + 4}`, "aria-hidden": "true" },
    draw("path", { class: "ground", d: ground }), ...cells, ...names,
    draw("rect", { class: isChosen ? "cursor" : "row", x: 0, y: row * CELL, width: (row + 1) * CELL, height: CELL }));
}

function pointing(svg, answer, over, choose, out) {
  const at = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const inside = (n) => Math.min(Math.max(Math.floor(n / CELL), 0), answer.tokens.length - 1);
    return [inside(point.y), inside(point.x)];
  };
  svg.addEventListener("pointermove", (event) => over(...at(event)));
  svg.addEventListener("pointerleave", () => out());
  svg.addEventListener("click", (event) => choose(at(event)[0]));
}

function silence(place, given, chosen, token, lab) {
  const { layer } = given, { head } = chosen;
  const button = (act, start, said) => make("button", { type: "button", "data-act": act, onclick: () => put(lab, { layer, what: "head", unit: head, value: 0, start }) }, ...said);
  const here = ["from ", named(token, chosen.place), " on"];
  place.replaceChildren(make("p", { class: "buttons" }, `Silence head ${head} of layer ${layer} `, button("silence-all", 0, ["from the start on"]), chosen.place ? button("silence-here", chosen.place, here) : ""));
}

// For each head of the layer, the tokens shaded by what the chosen one gives to them.
function looks(place, answer, chosen, token, choose) {
  const row = chosen.place - answer.skipped;
  const lines = answer.weights.map((weights, head) => {
    const tokens = weights[row].map((weight, k) => lightsUp(make("span", { class: "looked", title: share(weight), css: { "--level": `${100 * level(weight) / LEVELS}%` } },
      make("bdi", {}, token(k + answer.skipped)), make("small", {}, share(weight))), answer.tokens[k]));
    const earlier = answer.skipped ? make("span", { class: "looked" }, "earlier", make("small", {}, share(answer.earlier[head][row]))) : "";
    return make("li", { class: head === chosen.head ? "at" : "" }, make("button", { type: "button", "data-act": `head-${head}`, onclick: () => choose(head, chosen.place) }, `head ${head}`), make("div", { class: "tokens" }, earlier, tokens));
  });
  place.replaceChildren(make("h3", {}, "What ", named(token, chosen.place), " looks at"), make("ol", { class: "lookedat" }, lines));
}

export function csv(answer, lab) {
  const { layer } = asked(lab.state, lab);
  const lines = [["layer", "head", "place", "token", "seen place", "seen token", "weight"]];
  answer.weights.forEach((rows, head) => rows.forEach((row, y) => row.forEach((weight, x) =>
    lines.push([layer, head, y + answer.skipped, answer.tokens[y], x + answer.skipped, answer.tokens[x], weight]))));
  return lines;
}

export function command(state, lab, quote) {
  const { model, layer } = asked(state, lab);
  const forces = decoded(state).map((f) => `Force(${f.layer}, ${JSON.stringify(f.what)}, ${f.unit}, ${f.value ?? "None"}, ${f.start})`);
  const text = ["import keraslm, json", "from keraslm.answers import heads, place", "from keraslm.answers.reading import Force",
    `opened = heads.Heads(place.Asked(keraslm.load(${JSON.stringify(lab.models.get(model).given)})))`, `text, forces = ${JSON.stringify(state.text)}, [${forces.join(", ")}]`,
    `print(json.dumps([heads.weights(opened, text, ${layer}, forces), heads.intervene(opened, text, forces), heads.ablate(opened, text, ${state.silent ?? "None"}, seconds=None)]))`];
  return `python -c ${quote(text.join("; "))}`;
}

// The maps side by side, with their captions.
export function svg() {
  const found = [...document.querySelectorAll(".headmap")];
  const { width, height, x, y } = found[0].querySelector("svg").viewBox.baseVal;
  const copies = found.map((figure, k) => {
    const inner = figure.querySelector("svg").cloneNode(true);
    return draw("g", { transform: `translate(${k * (width + 20) - x} ${30 - y})` }, draw("text", { x: 0, y: -10, "font-size": 18 }, figure.querySelector("figcaption").textContent), ...inner.childNodes);
  });
  const wide = found.length * (width + 20), high = height + 40;
  return draw("svg", { class: "headsquare", width: wide, height: high, viewBox: `0 0 ${wide} ${high}` }, ...copies);
}
