// Shannon's guessing game: the room guesses a hidden line, and so do the models.

import { ask } from "./api.js";
import { look } from "./colours.js";
import { lightsUp, make, percent, visible } from "./dom.js";

export const title = "Game";
export const path = "game";

const parts = {};
let game = { seed: null, counts: [], guesses: [] }; // of one line
let played = []; // lines before: [seed, counts]
let players = ""; // the models they were played against
let last = null; // the last answer

export function question(state) {
  const { models, seed } = state;
  if (models[0] !== players) played = [];
  if (models[0] !== players || seed !== game.seed) {
    if (models[0] === players && game.counts.length) played = [...played.filter(([s]) => s !== game.seed && s !== seed), [game.seed, game.counts]].slice(-50);
    const before = played.find(([s]) => s === seed);
    played = played.filter(([s]) => s !== seed);
    game = { seed, counts: before?.[1] ?? [], guesses: [] };
  }
  players = models[0];
  return { models, seed, counts: game.counts, played };
}

export function show(place, answer, lab) {
  if (!parts.box) build(lab);
  if (!place.contains(parts.box)) place.replaceChildren(parts.box);
  last = answer;
  paint(lab);
}

function build(lab) {
  parts.line = make("p", { class: "hidden-line", dir: "auto" });
  parts.guess = make("input", { id: "guess", type: "text", maxlength: 100, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    oninput: (event) => last.level === "char" && !event.isComposing && parts.guess.value !== "" && turn(parts.guess.value, lab),
    onkeydown: (event) => event.key === "Enter" && !event.isComposing && turn(parts.guess.value.trim(), lab) });
  parts.label = make("label", { for: "guess" });
  parts.show = make("button", { type: "button", onclick: () => turn(null, lab) }, "Show it");
  parts.next = make("button", { type: "button", onclick: () => lab.change({ seed: lab.state.seed + 1 }, true) }, "Another line");
  parts.said = make("p", { class: "note", "aria-live": "polite" });
  parts.table = make("div", { class: "wide" });
  parts.box = make("div", { class: "game" }, parts.line, make("p", { class: "guessing" }, parts.label, parts.guess, parts.show, parts.next), parts.said, parts.table);
}

// A guess, or null to give up: then the first model guesses on.
async function turn(guess, lab) {
  if (guess === "" || last.counts.length === last.length) return;
  parts.guess.value = "";
  if (guess !== null) game.guesses.push(guess);
  const { models, seed } = lab.state;
  try {
    const answer = await ask("game-turn", { models, seed, counts: game.counts, played, guesses: game.guesses, give_up: guess === null }, "game");
    if (answer === null) return;
    last = lab.answer = answer;
    if (answer.right) {
      game.counts = answer.counts;
      game.guesses = [];
    }
    paint(lab);
  } catch (error) {
    parts.said.textContent = error.message;
  }
}

function paint(lab) {
  const over = last.counts.length === last.length;
  const what = last.level === "char" ? "character" : "word";
  parts.label.textContent = `The next ${what}`;
  parts.guess.disabled = parts.show.disabled = over;
  const left = last.length - last.counts.length;
  parts.line.replaceChildren(...last.tokens.map((token, k) => number(token, last.counts[k])), ...Array.from({ length: left }, (_, k) => make("span", { class: k ? "blank" : "blank now" }, "·")));
  const tried = new Set(game.guesses).size;
  parts.said.textContent = over ? "The line is whole." : tried ? `Not ${game.guesses.map(visible).join(", ")}. Guesses so far: ${tried}.` : `A line of the validation text: ${left} to guess. Type a ${what}${last.level === "char" ? "" : " and Enter"}; seed ${lab.state.seed} chose the line.`;
  parts.table.replaceChildren(table(lab));
}

function number(token, count) {
  return lightsUp(make("span", { class: `guessed${count === 1 ? " first" : ""}` }, make("bdi", {}, visible(token)), make("small", {}, String(count))), token);
}

function table(lab) {
  const rows = [row("The room", "var(--ink)", last.room)];
  for (const key of lab.state.models) {
    const told = last.models[key];
    const { mark, name, colour } = look(lab, key);
    if (told) rows.push(row(`${mark} ${name}`, colour, told));
  }
  const head = ["guesses", "at once", "bits by guesses", "bits by P"].map((h) => make("th", { scope: "col" }, h));
  return make("table", { class: "scores" }, make("caption", {}, `A token, of ${last.room.tokens} in ${played.length + 1} line${played.length ? "s" : ""}. Shannon's bounds by guesses are given from 30 tokens on.`), make("tr", {}, make("td"), head), rows);
}

function row(name, colour, { tokens, mean, at_once, lower, upper, by_p }) {
  const range = lower === null ? "" : `${lower.toFixed(2)} – ${upper.toFixed(2)}`;
  const exact = !tokens || name === "The room" ? "" : by_p === null ? "∞" : by_p.toFixed(2);
  const cells = [tokens ? mean.toFixed(2) : "", tokens ? percent(at_once) : "", range, exact];
  return make("tr", { css: { "--colour": colour } }, make("th", { scope: "row", class: "mark" }, name), cells.map((cell) => make("td", {}, cell)));
}

export function csv(answer, lab) {
  const shown = lab.state.models.filter((key) => last.models[key]);
  const lines = [["token", "the room's guesses", ...shown.flatMap((key) => [`guesses of ${look(lab, key).name}`, `bits of ${look(lab, key).name}`])]];
  last.tokens.forEach((token, k) => lines.push([token, last.counts[k], ...shown.flatMap((key) => [last.models[key].guesses[k], last.models[key].bits[k] ?? "inf"])]));
  return lines;
}

export function command(state, lab, quote) {
  return state.models.filter((key) => last.models[key]).map((key) => `keraslm score ${quote(lab.models.get(key).given)} ${quote(last.text)} --tokens`).join("\n");
}
