// What may come next: bars for each model, a tick for the truth, one random number.

import { draw, lightsUp, make, percent, visible } from "./dom.js";
import { look } from "./colours.js";

export const title = "Next";
export const path = "next";

export function question(state) {
  const { text, models, temperature, top_k, top_p, min_p, seed } = state;
  return { text, models, temperature, top_k, top_p, min_p, seed };
}

const opened = new Set(); // tokens whose derivation is shown
const keptRows = new Map(); // so that bars move from where they were

export function show(place, answer, lab) {
  const groups = answer.groups.map((group, number) => showGroup(group, number, answer.point, lab));
  place.replaceChildren(...groups);
}

function showGroup(group, number, point, lab) {
  const models = group.models.map((key, k) => ({ key, column: group.columns[k], ...look(lab, key), truth: lab.models.get(key).truth }));
  const drawn = models.filter((m) => !m.truth || models.length === 1);
  const truth = models.find((m) => m.truth && models.length > 1);
  const values = models.flatMap((m) => (m.column ? [...m.column.p, ...m.column.q, m.column.others] : []));
  const scale = nice(Math.max(...values, 0.01));
  const rows = group.tokens.map((token, r) => row(`${number}:${token.id}`, token, r, drawn, truth, scale, lab));
  rows.push(others(group, number, drawn, truth, scale));
  const box = make("div", { class: "group" });
  box.append(key(models, scale), make("ol", { class: "rows" }, rows), boards(group, models, point));
  for (const m of models) if (!m.column) box.append(make("p", { class: "note" }, `${m.name}: no text of the language begins so.`));
  return box;
}

function nice(most) {
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1].find((s) => s >= most) ?? 1;
}

function key(models, scale) {
  const marks = models.map((m) => make("span", { class: "mark", css: { "--colour": m.colour } }, `${m.mark} ${m.name}`));
  return make("p", { class: "key" }, marks, make("span", { class: "scale" }, `full width = ${percent(scale)}`));
}

function row(name, token, r, drawn, truth, scale, lab) {
  const kept = keptRows.get(name) ?? make("li", { tabindex: 0, class: "row" });
  keptRows.set(name, kept);
  const bars = drawn.map((m, k) => bar(kept, k, m, r, truth, scale));
  const label = make("bdi", { class: "token" }, visible(token.token));
  const parts = drawn.find((m) => m.column?.parts?.[r]?.length);
  const why = parts && make("button", { class: "why", type: "button", "aria-expanded": String(opened.has(name)), "aria-label": `Where ${visible(token.token)} has its probability from`,
    onclick: (event) => { event.stopPropagation(); opened.has(name) ? opened.delete(name) : opened.add(name); lab.redraw(); } }, "why");
  kept.replaceChildren(make("div", { class: "label" }, why, label), make("div", { class: "bars" }, bars));
  if (parts && opened.has(name)) kept.append(derivation(parts, r));
  kept.setAttribute("aria-label", `${visible(token.token)}: ${drawn.map((m) => `${m.name} ${percent(m.column?.p[r])}`).join(", ")}${truth ? `, truth ${percent(truth.column?.p[r])}` : ""}`);
  kept.onclick = () => lab.take(token.piece);
  kept.onkeydown = (event) => {
    if (event.key === "Enter" && event.target === kept) lab.take(token.piece);
    const other = { ArrowDown: kept.nextElementSibling, ArrowUp: kept.previousElementSibling }[event.key];
    if (other) { event.preventDefault(); other.focus(); }
  };
  if (!kept.dataset.token) lightsUp(kept, token.token);
  return kept;
}

function bar(row, k, model, r, truth, scale) {
  const p = model.column?.p[r] ?? 0, q = model.column?.q[r] ?? 0;
  const old = row.querySelectorAll(".bar")[k];
  const element = old ?? make("div", { class: "bar" }, make("i", { class: "fill" }), make("i", { class: "raw" }), make("b", { class: "tick" }), make("span", { class: "figure" }));
  element.style.setProperty("--colour", model.colour);
  const [fill, raw, tick, figure] = element.children;
  place(fill, q / scale);
  place(raw, p / scale);
  const t = truth?.column?.p[r];
  tick.hidden = t === undefined;
  if (t !== undefined) tick.style.setProperty("left", `${Math.min(100 * t / scale, 100)}%`);
  const [before, after] = [percent(model.column ? p : null), percent(model.column ? q : null)];
  figure.textContent = `${model.mark} ${before}${before === after ? "" : ` → ${after}`}`;
  return element;
}

function place(part, share) {
  part.style.setProperty("width", `${Math.min(100 * share, 100)}%`);
}

function others(group, number, drawn, truth, scale) {
  const name = `${number}:others`;
  const kept = keptRows.get(name) ?? make("li", { class: "row others" });
  keptRows.set(name, kept);
  const rest = (m) => m && { ...m, column: m.column && { p: [m.column.others], q: [m.column.others_q] } };
  const bars = drawn.map((m, k) => bar(kept, k, rest(m), 0, rest(truth), scale));
  kept.replaceChildren(make("div", { class: "label" }, `the other ${group.others.toLocaleString("en")} tokens`), make("div", { class: "bars" }, bars));
  return kept;
}

// One random number, and the token it falls on for each model.
function boards(group, models, point) {
  const lines = models.filter((m) => m.column).map((m) => {
    const parts = group.tokens.map((token, r) => [m.column.start[r], m.column.q[r], token.token]).filter(([, q]) => q > 0.002);
    const svg = draw("svg", { class: "board", viewBox: "0 0 1000 34", preserveAspectRatio: "none", role: "img", "aria-label": `${m.name}: the number ${point.toFixed(3)} falls on ${visible(m.column.drawn.token)}` },
      draw("rect", { x: 0, y: 6, width: 1000, height: 22, class: "rest" }),
      parts.map(([start, q, token], k) => lightsUp(draw("rect", { x: 1000 * start, y: 6, width: 1000 * q, height: 22, class: k % 2 ? "part odd" : "part", css: { "--colour": m.colour } }, draw("title", {}, `${visible(token)} ${percent(q)}`)), token)),
      draw("line", { x1: 1000 * point, x2: 1000 * point, y1: 0, y2: 34, class: "dart" }));
    return make("div", { class: "boardrow" }, make("span", { class: "mark", css: { "--colour": m.colour } }, m.mark), svg, make("bdi", { class: "token" }, visible(m.column.drawn.token)));
  });
  return make("details", { class: "boards", open: true }, make("summary", {}, `One random number, ${point.toFixed(4)}, and where it falls`), lines);
}

function derivation(model, r) {
  const parts = model.column.parts[r];
  const total = model.column.p[r] || 1;
  const isKnown = parts.some((part) => part.total !== null);
  const said = (value, digits = 3) => (value === null ? "" : value.toPrecision(digits));
  const lines = parts.map((part) => {
    const share = part.own * part.weight;
    const counted = isKnown ? [part.seen ? part.count.toLocaleString("en") : "not seen", said(part.discount), part.total?.toLocaleString("en") ?? ""] : [part.seen ? "seen" : "not seen"];
    return make("tr", {}, make("th", { scope: "row" }, `${part.order}-gram`), counted.map((cell) => make("td", {}, cell)),
      make("td", {}, said(part.own)), make("td", {}, said(part.weight)), make("td", {}, said(share)),
      make("td", { class: "share" }, make("i", { css: { width: `${Math.max(0, Math.min(100, 100 * share / total))}%`, "--colour": model.colour } })));
  });
  const counts = isKnown ? ["(count", "− discount)", "/ of history"] : [""];
  const head = ["", ...counts, isKnown ? "= own" : "own", "× back-off weight", "= adds", ""].map((h) => make("th", { scope: "col" }, h));
  const places = isKnown && /kneser-ney/.test(model.name) ? " Below the longest, a count is the number of different words before the n-gram." : "";
  const missing = isKnown ? "" : " This model's file holds no counts.";
  return make("table", { class: "derivation" }, make("caption", {}, `${model.name}: the shares of the orders sum to ${percent(model.column.p[r])}.${places}${missing}`), make("tr", {}, head), lines);
}

export function csv(answer, lab) {
  const lines = [["model", "token", "probability", "sampled"]];
  for (const group of answer.groups)
    group.models.forEach((key, k) => {
      const column = group.columns[k];
      if (!column) return;
      group.tokens.forEach((token, r) => lines.push([look(lab, key).name, token.token, column.p[r], column.q[r]]));
      lines.push([look(lab, key).name, `the other ${group.others} tokens`, column.others, column.others_q]);
    });
  return lines;
}

export function command(state, lab, quote) {
  return state.models.map((key) => `keraslm next ${quote(lab.models.get(key).given)} ${quote(state.text)} --top 12`).join("\n");
}

export function svg(answer, lab) {
  const group = answer.groups[0];
  const names = group.models.map((key) => look(lab, key));
  const high = 18 * group.models.length + 10, rows = [...group.tokens.map((t) => visible(t.token)), `the other ${group.others}`];
  const most = Math.max(0.01, ...group.columns.flatMap((c) => (c ? [...c.p, c.others] : [])));
  const picture = draw("svg", { viewBox: `0 0 900 ${rows.length * high + 40}`, width: 900, height: rows.length * high + 40 });
  rows.forEach((name, r) => {
    picture.append(draw("text", { x: 190, y: 30 + r * high + high / 2, "text-anchor": "end", "font-size": 16 }, name));
    group.columns.forEach((column, k) => {
      if (!column) return;
      const p = r < column.p.length ? column.p[r] : column.others;
      picture.append(draw("rect", { x: 200, y: 22 + r * high + 18 * k, width: 560 * p / most, height: 14, fill: names[k].colour }),
        draw("text", { x: 206 + 560 * p / most, y: 34 + r * high + 18 * k, "font-size": 13 }, `${names[k].name} ${percent(p)}`));
    });
  });
  return picture;
}
