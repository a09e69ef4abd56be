// A chart of lines over steps or seconds: direct labels, no legend.

import { draw } from "./dom.js";

const HIGH = 340, LEFT = 62, TOP = 30, BOTTOM = 52;
const NARROW = 560; // below this, names stand over the ends of the lines, not beside them
const BESIDE = 190; // pixels for the names

// series: [{ name, mark, colour, points: [[x, y], ...], dashed, flat }], y > 0 if logarithmic.
// A flat series has one value at every x. `at` is an x that is pointed out.
export function chart({ series, across, up, logarithmic = false, at = null, label, width = 1000 }) {
  const total = Math.min(Math.max(width, 300), 1000), isNarrow = total < NARROW;
  const shown = series.filter((s) => s.points.length);
  const xs = shown.filter((s) => !s.flat).flatMap((s) => s.points.map(([x]) => x));
  const ys = shown.flatMap((s) => s.points.map(([, y]) => y));
  const svg = draw("svg", { viewBox: `0 0 ${total} ${HIGH + BOTTOM}`, class: "lines", role: "img", "aria-label": label });
  if (!xs.length) return svg;
  const ends = [Math.min(...xs), Math.max(...xs)];
  const wide = total - LEFT - (isNarrow ? 16 : BESIDE);
  const scale = logarithmic ? logScale(ys) : linearScale(ys);
  const x = (value) => LEFT + wide * (ends[1] > ends[0] ? (value - ends[0]) / (ends[1] - ends[0]) : 1);
  const y = (value) => TOP + (HIGH - TOP) * (1 - scale.place(value));
  svg.append(draw("line", { x1: LEFT, x2: LEFT + wide, y1: HIGH, y2: HIGH, class: "axis" }));
  for (const value of scale.ticks)
    svg.append(draw("line", { x1: LEFT, x2: LEFT + wide, y1: y(value), y2: y(value), class: "grid" }), text(LEFT - 8, y(value), short(value), { "text-anchor": "end" }));
  for (const value of ticks(...ends, isNarrow ? 3 : 6)) svg.append(text(x(value), HIGH + 20, short(value), { "text-anchor": "middle" }));
  svg.append(text(LEFT + wide, HIGH + 43, across, { "text-anchor": "end", class: "unit" }), text(0, 10, up, { class: "unit" }));
  if (at !== null && at >= ends[0] && at <= ends[1]) svg.append(draw("line", { x1: x(at), x2: x(at), y1: TOP, y2: HIGH, class: "at" }));
  const names = shown.map((one) => line(svg, one, x, y, ends, wide / 45));
  spread(names, HIGH - 4);
  for (const n of names) {
    const given = { class: "name", css: { "--colour": n.colour } };
    if (isNarrow) svg.append(text(LEFT + wide + 10, n.at - 14, n.text, { ...given, "text-anchor": "end" }));
    else svg.append(draw("line", { x1: n.x + 4, y1: n.y, x2: LEFT + wide + 16, y2: n.at, class: "leader" }), text(LEFT + wide + 20, n.at, n.text, given));
  }
  return svg;
}

function line(svg, one, x, y, ends, most) {
  const points = one.flat ? ends.map((value) => [value, one.points[0][1]]) : one.points;
  const placed = points.map(([px, py]) => [x(px), y(py)]);
  svg.append(draw("polyline", { points: placed.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" "), class: one.dashed ? "line dashed" : "line", css: { "--colour": one.colour } }));
  const every = Math.ceil(placed.length / most); // marks that do not touch, the last one always
  if (!one.flat && !one.dashed)
    placed.forEach(([px, py], k) => (placed.length - 1 - k) % every === 0 && svg.append(text(px, py, one.mark, { class: "point", "text-anchor": "middle", css: { "--colour": one.colour } }, draw("title", {}, `${one.name}: ${points[k][1].toPrecision(5)} at ${points[k][0]}`))));
  const [lastX, lastY] = placed.at(-1);
  return { x: lastX, y: lastY, at: lastY, text: `${one.mark} ${one.name} ${short(points.at(-1)[1])}`, colour: one.colour };
}

function text(x, y, words, given = {}, ...more) {
  return draw("text", { x, y, "dominant-baseline": "central", "font-size": 16, ...given }, words, ...more);
}

// Labels are moved down so that none lies on another, then up from the bottom.
function spread(names, lowest) {
  names.sort((a, b) => a.y - b.y);
  let last = TOP - 20;
  for (const n of names) last = n.at = Math.max(n.y, last + 20);
  let next = lowest + 20;
  for (const n of [...names].reverse()) next = n.at = Math.min(n.at, next - 20);
}

function linearScale(ys) {
  const most = Math.max(...ys, 1e-9);
  const found = ticks(0, most, 5);
  const end = Math.max(most, found.at(-1));
  return { ticks: found, place: (value) => value / end };
}

function logScale(ys) {
  const least = Math.log(Math.min(...ys)), most = Math.log(Math.max(...ys));
  const spare = Math.max(0, 0.8 - (most - least)) / 2; // so that there is a number to read
  const low = least - spare, high = most + spare;
  const all = [];
  for (let power = Math.floor(low / Math.LN10); power <= high / Math.LN10; power += 1)
    for (const first of [1, 2, 5]) all.push(first * 10 ** power);
  const inside = all.filter((v) => Math.log(v) >= low - 0.05 && Math.log(v) <= high + 0.05);
  const room = 0.04 * Math.max(high - low, 0.1);
  return { ticks: inside, place: (value) => (Math.log(value) - low + room) / (high - low + 2 * room) };
}

// Round numbers between two ends, about so many.
export function ticks(low, high, number) {
  if (!(high > low)) return [low];
  const rough = (high - low) / number, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.75);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step);
}

export function short(value) {
  if (value !== 0 && Math.abs(value) < 1) return String(Number(value.toPrecision(2)));
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toFixed(2)));
}
