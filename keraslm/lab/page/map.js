// Tokens where their vectors lie: a map for each network.

import { look } from "./colours.js";
import { draw, lightsUp, make, percent, visible } from "./dom.js";

export const title = "Map";
export const path = "map";

const EDGE = 40;
const SIZE = 15; // of a label, in pixels

export function question(state) {
  return { models: state.models, text: state.text };
}

export function show(place, answer, lab) {
  const maps = lab.state.models.filter((key) => answer.models[key]).map((key) => one(key, answer.models[key], lab, Math.min(Math.max(place.clientWidth, 320), 900)));
  place.replaceChildren(make("p", { class: "note" }, "The most frequent tokens, and those of the prompt (ringed), by the two principal components of their vectors. Near ones are used alike. A point without a name shows it under the pointer, or by arrows from the first one."), make("div", { class: "maps" }, maps));
}

function one(key, told, lab, wide) {
  const { colour, mark, name } = look(lab, key);
  const heading = make("h3", { class: "mark", css: { "--colour": colour } }, `${mark} ${name}`);
  if (!told.points.length) return make("section", {}, heading, make("p", { class: "note" }, lab.models.get(key).truth ? "The grammar has no vectors." : "It has no vectors."));
  const kept = percent(told.shares.reduce((a, b) => a + b, 0));
  return make("section", { css: { "--colour": colour } }, heading, make("p", { class: "note" }, `These two directions keep ${kept} of the differences.`), picture(told.points, name, colour, lab, wide, Math.max(0.7 * wide, 420)));
}

function picture(points, name, colour, lab, wide, high) {
  const svg = draw("svg", { viewBox: `0 0 ${wide} ${high}`, class: "map", role: "group", css: { "--colour": colour }, "aria-label": `Map of the vectors of ${name}` });
  const x = scale(points.map((p) => p.x), wide), y = scale(points.map((p) => -p.y), high);
  const ordered = [...points.filter((p) => p.own), ...points.filter((p) => !p.own)];
  const taken = points.map((p) => around(x(p.x), y(-p.y), p.own ? 9 : 5, p.own ? 9 : 5)); // no label lies on a point
  const named = []; // where names stand
  const nodes = ordered.map((p) => point(p, x(p.x), y(-p.y), p.own ? named : [...taken, ...named], named, wide, high, lab));
  svg.append(...nodes);
  nodes.forEach((node, k) => {
    node.setAttribute("tabindex", k ? -1 : 0); // Tab comes to the first one, arrows walk on
    node.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      nodes[(k + step + nodes.length) % nodes.length].focus();
    });
  });
  return svg;
}

function scale(values, length) {
  const low = Math.min(...values), high = Math.max(...values);
  return (value) => EDGE + (length - 2 * EDGE) * (high > low ? (value - low) / (high - low) : 0.5);
}

const around = (x, y, dx, dy) => [x - dx, y - dy, x + dx, y + dy];
const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

// A name stands above, below, right or left of its point, where there is room; else it is hidden.
function point(p, px, py, taken, named, wide, high, lab) {
  const shown = visible(p.token), half = Math.max(5, shown.length * SIZE * 0.29) + 2, far = p.own ? 18 : 13;
  const places = [[px, py - far], [px, py + far], [px + half + far - 5, py], [px - half - far + 5, py]];
  const free = places.find(([cx, cy]) => {
    const box = around(cx, cy, half, 8);
    return box[0] > 0 && box[2] < wide && box[1] > 0 && box[3] < high && !taken.some((other) => meet(box, other));
  });
  const [cx, cy] = free ?? [Math.min(Math.max(px, half), wide - half), py - far];
  if (free) named.push(around(cx, cy, half, 8));
  const take = () => lab.take(`${lab.state.text && !lab.state.text.endsWith(" ") && lab.models.get(lab.state.models[0])?.level === "word" ? " " : ""}${p.token}`);
  const node = draw("g", { class: `place${p.own ? " own" : ""}${free ? "" : " unnamed"}`, role: "button", "aria-label": shown, onclick: take, onkeydown: (event) => event.key === "Enter" && take() },
    draw("circle", { cx: px, cy: py, r: p.own ? 7 : 4 }),
    draw("text", { x: cx, y: cy, "text-anchor": "middle", "dominant-baseline": "central", "font-size": SIZE }, shown));
  return lightsUp(node, p.token);
}

export function csv(answer, lab) {
  const lines = [["model", "token", "x", "y"]];
  for (const [key, told] of Object.entries(answer.models)) for (const p of told.points) lines.push([look(lab, key).name, p.token, p.x, p.y]);
  return lines;
}

export function command(state, lab, quote) {
  return state.models.filter((key) => lab.answer.models[key]?.points.length).map((key) => `keraslm embeddings plot ${quote(lab.models.get(key).given)} ${lab.answer.models[key].points.map((p) => quote(p.token)).join(" ")} --out map.png`).join("\n");
}

export function svg() {
  return document.querySelector("#view svg.map")?.cloneNode(true);
}
