// The tree of continuations as an icicle: height is probability.

import { draw, lightsUp, make, percent, visible } from "./dom.js";
import { ask } from "./api.js";
import { look } from "./colours.js";

export const title = "Branches";
export const path = "branches";

let zoomed = 0; // the node that fills the height
let WIDE = 1000, HIGH = 600; // pixels, as there is room
let seen = ""; // what the tree is of

const NODES = 400;
const FIRST = 60; // nodes that are drawn first, where a vocabulary is large
const LARGE = 20000; // tokens
const REST = 300; // milliseconds without a key, after which the other nodes are asked for

export function question(state, lab) {
  const isLarge = lab.models.get(chosen(state)).vocabulary > LARGE;
  return { text: state.text, model: chosen(state), nodes: isLarge ? FIRST : NODES };
}

function askForRest(answer, lab) {
  const { asked } = lab;
  if (answer.nodes.length !== FIRST + 1) return;
  setTimeout(async () => {
    if (asked !== lab.asked) return;
    const whole = await ask("rest", { ...question(lab.state, lab), nodes: NODES }, path).catch(() => null);
    if (whole === null || asked !== lab.asked) return;
    lab.answer = whole;
    lab.redraw();
  }, REST);
}

const chosen = (state) => (state.models.includes(state.of) ? state.of : state.models[0]);

function choice(lab) {
  const options = lab.state.models.map((key) => make("option", { value: key, selected: key === chosen(lab.state) }, look(lab, key).name));
  const select = make("select", { id: "of", onchange: (e) => lab.change({ of: e.target.value }, true) }, options);
  return make("p", { class: "choice" }, make("label", { for: "of" }, "Tree of: "), select);
}

export function show(place, answer, lab) {
  const now = JSON.stringify([lab.state.text, chosen(lab.state)]);
  WIDE = Math.max(place.clientWidth, 300);
  HIGH = Math.max(innerHeight - 320, 420);
  if (now !== seen) zoomed = 0;
  seen = now;
  const children = answer.nodes.map(() => []);
  answer.nodes.forEach((node, k) => k && children[node.parent].push(k));
  const placed = layout(answer.nodes, children, zoomed);
  const columns = Math.max(...placed.filter((p) => p.high > 4).map((p) => p.column), 1);
  const wide = WIDE / columns;
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "icicle", role: "group", "aria-label": "Continuations; arrows walk, Enter takes, Space looks closer, Escape looks from farther away" });
  svg.append(draw("defs", {}, draw("pattern", { id: "hatch", width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, draw("rect", { width: 3, height: 8, class: "hatch" }))));
  const boxes = new Map();
  for (const p of placed) if (p.column > 0 && p.column <= columns) svg.append(box(p, wide, answer, lab, boxes, children));
  const colour = look(lab, chosen(lab.state)).colour;
  svg.style.setProperty("--colour", colour);
  askForRest(answer, lab);
  place.replaceChildren(choice(lab), summary(answer, lab), svg, zoomed ? make("button", { type: "button", onclick: () => zoom(0, lab) }, "Show the whole tree") : "");
}

function summary(answer, lab) {
  const shown = answer.nodes.filter((n) => n.parent === 0).reduce((sum, n) => sum + n.probability, 0);
  const name = look(lab, chosen(lab.state)).name;
  const wrong = answer.impossible === null ? "" : ` Branches that the language does not have (hatched) take ${percent(answer.impossible)}.`;
  return make("p", { class: "note" }, `${name}: ${answer.nodes.length - 1} branches; the first tokens shown have ${percent(shown)} of all probability.${wrong}`);
}

// Each node's column, and its share of the height; what is not shown is a box too.
function layout(nodes, children, root) {
  const placed = [];
  const whole = nodes[root].probability;
  const walk = (k, column, top) => {
    const high = nodes[k].probability / whole * HIGH;
    placed.push({ node: k, column, top, high });
    let below = top;
    for (const child of children[k]) {
      walk(child, column + 1, below);
      below += nodes[child].probability / whole * HIGH;
    }
    if (children[k].length && top + high - below > 1) placed.push({ rest: k, column: column + 1, top: below, high: top + high - below });
  };
  walk(root, 0, 0);
  return placed.filter((p) => p.high > 0.6);
}

function box(p, wide, answer, lab, boxes, children) {
  const x = (p.column - 1) * wide;
  if (p.rest !== undefined) {
    const left = answer.vocabulary - answer.nodes[p.rest].children;
    const said = `${left.toLocaleString("en")} others, ${percent(answer.nodes[p.rest].rest)}`;
    return draw("g", { class: "rest" }, draw("rect", { x, y: p.top, width: wide - 2, height: Math.max(p.high - 1, 0.5) }), p.high > 13 ? label(x, p, said, wide) : null, draw("title", {}, said));
  }
  const node = answer.nodes[p.node];
  const possible = node.possible !== false;
  const said = `${visible(node.token)}, ${percent(node.probability)}${possible ? "" : ", not in the language"}`;
  const group = draw("g", { class: `node${possible ? "" : " impossible"}`, tabindex: p.column === 1 || p.node === zoomed ? 0 : -1, role: "button", "aria-label": said },
    draw("rect", { x, y: p.top, width: wide - 2, height: Math.max(p.high - 1, 0.5), css: { "--depth": (p.column - 1) % 3 } }),
    possible ? null : draw("rect", { x, y: p.top, width: wide - 2, height: Math.max(p.high - 1, 0.5), fill: "url(#hatch)", class: "over" }),
    p.high > 13 ? label(x, p, visible(node.token), wide) : null, draw("title", {}, said));
  boxes.set(p.node, group);
  const near = (list, k, step) => boxes.get(list[list.indexOf(k) + step]);
  group.addEventListener("click", () => zoom(p.node === zoomed ? 0 : p.node, lab));
  group.addEventListener("keydown", (event) => {
    const siblings = children[node.parent];
    const goal = { ArrowDown: near(siblings, p.node, 1), ArrowUp: near(siblings, p.node, -1), ArrowRight: boxes.get(children[p.node][0]), ArrowLeft: boxes.get(node.parent) }[event.key];
    if (goal) { event.preventDefault(); goal.focus(); }
    if (event.key === "Enter") lab.take(pathTo(answer.nodes, p.node));
    if (event.key === " ") { event.preventDefault(); event.stopPropagation(); zoom(p.node, lab); }
    if (event.key === "Escape") zoom(0, lab);
  });
  return lightsUp(group, node.token);
}

function label(x, p, text, wide) {
  const size = Math.min(Math.max(p.high * 0.5, 11), 24);
  const most = Math.floor((wide - 10) / (size * 0.56));
  const shown = [...text].length > most ? [...text].slice(0, Math.max(most - 1, 1)).join("") + "…" : text;
  return draw("text", { x: x + 6, y: p.top + p.high / 2, "font-size": size, "dominant-baseline": "central" }, shown);
}

function pathTo(nodes, k) {
  let text = "";
  for (; k > 0; k = nodes[k].parent) text = nodes[k].piece + text;
  return text;
}

function zoom(node, lab) {
  zoomed = node;
  lab.redraw();
}

export function csv(answer) {
  const lines = [["number", "parent", "token", "probability", "possible"]];
  answer.nodes.forEach((n, k) => k && lines.push([k, n.parent, n.token, n.probability, n.possible ?? ""]));
  return lines;
}

export function command(state, lab, quote) {
  return `keraslm next ${quote(lab.models.get(chosen(state)).given)} ${quote(state.text)} --top 12`;
}

export function svg() {
  return document.querySelector("svg.icicle").cloneNode(true);
}
