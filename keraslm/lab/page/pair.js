// Two prompts: which is more probable, how far the change reaches, and what helps.

import { bits, draw, lightsUp, make, percent, visible } from "./dom.js";
import { look } from "./colours.js";
import { ask } from "./api.js";

const LETTERS = 18; // of a model's name beside its line

export const title = "Two prompts";
export const path = "pair";

export function question(state) {
  return { text: state.text, other: state.other, models: state.models };
}

export function show(place, answer, lab) {
  const told = lab.state.models.filter((key) => answer.models[key]).map((key) => [key, answer.models[key]]);
  const first = told[0]?.[1];
  const help = make("div", { class: "knock" });
  place.replaceChildren(odds(told, lab), first ? waves(told, lab, Math.max(place.clientWidth, 300)) : "", ...told.map(([key, t]) => aligned(key, t, lab)), help);
  if (told.length) knockOut(help, told[0][0], lab);
}

function odds(told, lab) {
  const cells = told.map(([key, t]) => {
    const { mark, name, colour } = look(lab, key);
    const first = t.log_odds === null ? "–" : t.log_odds === 0 ? "neither" : t.log_odds > 0 ? "the first prompt" : "the second prompt";
    return make("tr", { css: { "--colour": colour } }, make("th", { scope: "row", class: "mark" }, `${mark} ${name}`), make("td", {}, first), make("td", {}, t.log_odds === null ? "a text is impossible" : `by ${Math.abs(t.log_odds).toFixed(2)} bits`),
      make("td", {}, t.log_odds === null || Math.abs(t.log_odds) > 40 ? "" : `${(2 ** Math.abs(t.log_odds)).toPrecision(3)} times as probable`));
  });
  return make("table", { class: "odds" }, make("caption", {}, "Which one is more probable"), cells);
}

function aligned(key, t, lab) {
  const { colour, mark, name } = look(lab, key);
  const longest = Math.max(t.one.tokens.length, t.other.tokens.length);
  const line = (told) => {
    const gap = longest - told.tokens.length, cut = told.tokens.length - t.end;
    const cells = told.tokens.map((token, k) => lightsUp(make("td", { class: k >= t.start && k < cut ? "differs" : "" }, make("bdi", {}, visible(token)), make("small", {}, bits(told.bits[k]))), token));
    cells.splice(cut, 0, ...Array.from({ length: gap }, () => make("td", { class: "gap" })));
    return make("tr", {}, cells);
  };
  return make("div", { class: "wide", tabindex: 0, role: "region", "aria-label": `Tokens of both prompts, ${name}` }, make("table", { class: "aligned", css: { "--colour": colour } }, make("caption", {}, `${mark} ${name}: bits a token`), line(t.one), line(t.other)));
}

// A name at the end of its line, where there is room for some letters.
function short({ mark, name }) {
  const letters = [...name];
  return `${mark} ${letters.length > LETTERS ? letters.slice(0, LETTERS - 1).join("") + "…" : name}`;
}

// How different the expectations are, at every place where the prompts end alike.
function waves(told, lab, wide) {
  const high = 260, left = 60, bottom = 60;
  const named = new Map(told.map(([key]) => [key, wide < 700 ? look(lab, key).mark : short(look(lab, key))]));
  const right = 14 + 10 * Math.max(...[...named.values()].map((name) => [...name].length));
  const most = Math.max(1e-9, ...told.flatMap(([, t]) => t.ripple.map((v) => v ?? 0)));
  const places = Math.max(...told.map(([, t]) => t.ripple.length));
  const x = (k, n) => left + (wide - left - right) * (n < 2 ? 0 : k / (n - 1));
  const y = (v) => 16 + (high - 16) * (1 - v / most);
  const svg = draw("svg", { viewBox: `0 0 ${wide} ${high + bottom}`, class: "ripple", role: "img", "aria-label": "The divergence between the next tokens after both prompts, in bits" });
  svg.append(draw("line", { x1: left, x2: wide - right, y1: high, y2: high, class: "axis" }), draw("line", { x1: left, x2: left, y1: 10, y2: high, class: "axis" }));
  for (const v of [0, most / 2, most]) svg.append(draw("text", { x: left - 6, y: y(v), "text-anchor": "end", "dominant-baseline": "central", "font-size": 15 }, v.toFixed(most < 0.1 ? 4 : 2)));
  const names = told[0][1];
  const after = names.one.tokens.length - names.end;
  const tokens = names.one.tokens.slice(after, after + names.ripple.length - 1);
  const apart = Math.ceil(places / (wide / 40));
  ["(change)", ...tokens].forEach((token, k) => {
    if (k % apart === 0)
      svg.append(draw("text", { x: x(k, places), y: high + 22, "text-anchor": "middle", "font-size": 15 }, k ? visible(token) : token));
  });
  const ends = [];
  for (const [key, t] of told) {
    const { colour, mark, name } = look(lab, key);
    const points = t.ripple.map((v, k) => [x(k, t.ripple.length), v === null ? 8 : y(v)]);
    svg.append(draw("polyline", { points: points.map((p) => p.join(",")).join(" "), class: "line", css: { "--colour": colour } }));
    points.forEach(([px, py], k) => svg.append(draw("text", { x: px, y: py, class: "point", "text-anchor": "middle", "dominant-baseline": "central", "font-size": 15, css: { "--colour": colour } }, mark, draw("title", {}, `${name}: ${t.ripple[k] === null ? "infinite, or impossible" : t.ripple[k] === 0 ? "exactly 0" : `${t.ripple[k].toPrecision(4)} bits`}`))));
    const [, ey] = points.at(-1);
    ends.push({ ey, name: named.get(key), colour });
  }
  ends.sort((a, b) => a.ey - b.ey);
  let last = -Infinity;
  for (const e of ends) {
    last = Math.max(e.ey, last + 18);
    svg.append(draw("text", { x: wide - right + 8, y: last, class: "name", "dominant-baseline": "central", "font-size": 16, css: { "--colour": e.colour } }, e.name));
  }
  return make("figure", {}, make("figcaption", {}, `Ripple: bits by which the next-token distributions differ after each ${names.end > tokens.length ? `of the first ${tokens.length} tokens` : "token"} that both prompts end with`), svg);
}

// What each earlier token does for the most probable next one.
async function knockOut(place, key, lab) {
  const { text } = lab.state;
  const next = await ask("knock-next", { text, models: [key], seed: 0 }, "next");
  const group = next?.groups[0];
  if (!group?.tokens.length || !group.columns[0]) return;
  const token = group.tokens[0];
  const answer = await ask("knock-out", { text, model: key, token: token.id });
  if (!answer || !answer.tokens.length) return;
  const most = Math.max(0.5, ...answer.bits.map((b) => Math.abs(b ?? 0)));
  const cells = answer.tokens.map((name, k) => {
    const value = answer.bits[k];
    const high = 60 * Math.abs(value ?? most) / most;
    return lightsUp(make("span", { class: `knocked ${value < 0 ? "negative" : "positive"}`, tabindex: 0 }, make("small", {}, value === null ? "∞" : (value >= 0 ? "+" : "−") + bits(Math.abs(value))),
      make("i", { css: { height: `${high}px` } }), make("bdi", {}, visible(name))), name);
  });
  const { colour, name } = look(lab, key);
  place.replaceChildren(make("h3", {}, `Knock-out: without each token, what ${name} would lose of `, make("bdi", {}, visible(token.token)), ` (${percent(group.columns[0].p[0])}) after the first prompt, in bits${answer.tokens.length < 100 ? "" : "; of the last 100 tokens"}`), make("p", { class: "knocks", css: { "--colour": colour } }, cells));
}

export function csv(answer, lab) {
  const lines = [["model", "what", "place", "token", "bits"]];
  for (const [key, t] of Object.entries(answer.models)) {
    const name = look(lab, key).name;
    for (const which of ["one", "other"]) t[which].tokens.forEach((token, k) => lines.push([name, which, k, token, t[which].bits[k] ?? "inf"]));
    t.ripple.forEach((value, k) => lines.push([name, "ripple", k, "", value ?? "inf"]));
  }
  return lines;
}

export function command(state, lab, quote) {
  return state.models.map((key) => `keraslm score ${quote(lab.models.get(key).given)} ${quote(state.text)} ${quote(state.other)} --tokens`).join("\n");
}

export function svg() {
  return document.querySelector("svg.ripple")?.cloneNode(true);
}
