// Units by tokens: a row a unit, a column a token, colour and size of its value.

import { draw, lightsUp, make, visible } from "./dom.js";

const LEVELS = 8; // of strength, for each sign
const HIGH = 480; // pixels, where the units leave a choice

// Draw the map; `chosen` has the unit and place, `order` the units from the top down.
export function heatmap(box, answer, order, chosen, forced, act) {
  const columns = answer.tokens.length;
  const wide = Math.min(Math.max(Math.floor((box.clientWidth - 8) / columns), 16), 72);
  const high = Math.min(Math.max(Math.floor(HIGH / order.length), 2), 18);
  const size = { wide, high, columns, rows: order.length };
  const svg = draw("svg", { class: "heatmap", width: wide * columns, height: high * order.length, viewBox: `0 0 ${wide * columns} ${high * order.length}`, "aria-hidden": "true" });
  svg.append(draw("rect", { class: "ground", width: wide * columns, height: high * order.length }), ...cells(answer, order, size));
  const row = order.indexOf(chosen.unit), column = chosen.place - answer.skipped;
  for (const f of forced) {
    const y = order.indexOf(f.unit), x = Math.max(f.start - answer.skipped, 0);
    if (y >= 0 && x < columns) svg.append(draw("rect", { class: "held", x: x * wide, y: y * high, width: (columns - x) * wide, height: high }));
  }
  if (chosen.selected) {
    const [first, last] = chosen.selected.map((n) => Math.min(Math.max(n - answer.skipped, 0), columns - 1));
    svg.append(draw("rect", { class: "selected", x: first * wide, y: 0, width: (last - first + 1) * wide, height: high * order.length }));
  }
  if (row >= 0 && column >= 0) svg.append(draw("rect", { class: "cursor", x: column * wide - 1, y: row * high - 2, width: wide + 2, height: high + 4 }));
  pointing(svg, answer, order, size, act);
  return [tokens(answer, size, chosen, act), svg];
}

// One path for each strength and sign; cells near zero are the ground.
function cells(answer, order, { wide, high }) {
  const most = scale(answer);
  const paths = new Map();
  order.forEach((unit, row) => answer.values[unit].forEach((value, column) => {
    const level = Math.round(LEVELS * Math.min(Math.abs(value) / most, 1));
    if (!level) return;
    const key = `${value < 0 ? "-" : "+"}${level}`;
    const path = `M${column * wide} ${row * high}h${wide}v${high}h-${wide}z`;
    paths.has(key) ? paths.get(key).push(path) : paths.set(key, [path]);
  }));
  const found = [...paths].map(([key, parts]) => draw("path", { d: parts.join(""), class: key[0] === "-" ? "negative" : "positive", css: { "--level": `${100 * Number(key.slice(1)) / LEVELS}%` } }));
  if (high < 9) return found;
  const minus = [...paths].filter(([key]) => key[0] === "-" && Number(key.slice(1)) > 1).flatMap(([, parts]) => parts.map((part) => {
    const [x, y] = part.slice(1).split("h")[0].split(" ").map(Number);
    return `M${x + wide / 2 - 3} ${y + high / 2}h6`;
  }));
  return [...found, draw("path", { class: "minus", d: minus.join("") })];
}

// The map by itself, with its tokens and what it shows written beside it.
export function picture(map, answer, caption) {
  const copy = map.cloneNode(true);
  for (const mark of copy.querySelectorAll(".cursor")) mark.remove();
  const [wide, high] = [map.width.baseVal.value, map.height.baseVal.value];
  const names = answer.tokens.map((token, k) => {
    const x = (k + 0.65) * wide / answer.tokens.length;
    return draw("text", { x, y: -6, transform: `rotate(-90 ${x} -6)`, "font-size": 13 }, k + answer.skipped ? visible(token) : "start");
  });
  const whole = draw("svg", { class: "heatmap", width: wide + 20, height: high + 130, viewBox: `-10 -100 ${wide + 20} ${high + 130}` });
  whole.append(...names, ...copy.childNodes, draw("text", { x: 0, y: high + 20, "font-size": 14 }, `${caption}; the deepest blue is +${scale(answer).toPrecision(2)}, the deepest orange −${scale(answer).toPrecision(2)}`));
  return whole;
}

export function scale(answer) {
  if (answer.range) return Math.max(...answer.range.map(Math.abs));
  return Math.max(1, ...answer.values.map((row) => Math.max(...row.map(Math.abs))));
}

function pointing(svg, answer, order, { wide, high, columns, rows }, act) {
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / box.height * rows), column = Math.floor((event.clientX - box.left) / box.width * columns);
    return [order[Math.min(Math.max(row, 0), rows - 1)], Math.min(Math.max(column, 0), columns - 1)];
  };
  svg.addEventListener("pointermove", (event) => act.read(...at(event)));
  svg.addEventListener("pointerleave", () => act.read());
  svg.addEventListener("click", (event) => {
    const [unit, column] = at(event);
    act.choose(unit, column + answer.skipped);
  });
}

// The tokens above their columns: a click chooses one, a drag or shift-click a range.
function tokens(answer, { wide }, chosen, act) {
  const names = answer.tokens.map((token, k) => (k + answer.skipped ? visible(token) : "start"));
  const long = names.filter((name) => [...name].length * 9 > wide).length;
  let from = null;
  const made = names.map((name, k) => {
    const place = k + answer.skipped;
    const isIn = chosen.selected && place >= chosen.selected[0] && place <= chosen.selected[1];
    const element = make("button", { type: "button", tabindex: -1, class: `${isIn ? "in " : ""}${place === chosen.place ? "at" : ""}`, css: { width: `${wide}px` }, title: `${name} (${place})`, "aria-label": `${name}, token ${place}` }, make("bdi", {}, name));
    element.addEventListener("pointerdown", (event) => {
      element.releasePointerCapture(event.pointerId);
      from = place;
    });
    element.addEventListener("pointerup", (event) => {
      if (event.shiftKey) act.select(chosen.place, place);
      else if (from !== null && from !== place) act.select(from, place);
      else act.choose(chosen.unit, place);
      from = null;
    });
    element.addEventListener("click", (event) => event.detail === 0 && act.choose(chosen.unit, place));
    return lightsUp(element, answer.tokens[k]);
  });
  return make("div", { class: `maptokens${long > 2 ? " upright" : ""}` }, made);
}
