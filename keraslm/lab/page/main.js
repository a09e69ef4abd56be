// The page: a state, a question to the lab, an answer that is drawn.

import { about, ask, Refused } from "./api.js";
import { modelBoxes, prompts, samplingSliders, viewTabs } from "./controls.js";
import { find, make, visible } from "./dom.js";
import { look } from "./colours.js";
import { buttons } from "./keep.js";
import { fragment, parse, VIEWS } from "./state.js";
import * as branches from "./branches.js";
import * as game from "./game.js";
import * as inside from "./inside.js";
import * as help from "./help.js";
import * as learning from "./learning.js";
import * as map from "./map.js";
import * as next from "./next.js";
import * as pair from "./pair.js";
import * as scenes from "./scenes.js";
import * as surprise from "./surprise.js";
import * as writing from "./writing.js";

const views = { next, surprise, branches, pair, inside, learning, map, game };
const AGAIN = 1500; // milliseconds, where the lab does not answer

const lab = {
  state: parse("").state,
  models: new Map(),
  watch: null,
  views: [],
  scenes: [],
  answer: null,
  known: null, // the question that the answer is to, where the answer stays the same
  asked: 0,
  notice: "",

  // Change some of the state; what is a step of its own can be undone with Back.
  change(given, isStep = false) {
    lab.replace({ ...lab.state, ...given }, isStep);
  },

  replace(state, isStep = true) {
    const before = lab.state;
    lab.state = state;
    lab.notice = "";
    const address = fragment(state);
    if (address !== location.hash) history[isStep ? "pushState" : "replaceState"](null, "", address);
    const typed = before.view === state.view && before.models === state.models && before.scene === state.scene;
    render(typed);
  },

  take(piece) {
    if (lab.state.text.length + piece.length <= 4000) lab.change({ text: lab.state.text + piece }, true);
  },

  redraw() {
    draw();
  },

  // The lab did not answer: ask again what was asked last.
  lost() {
    const number = lab.asked;
    say("The lab does not answer; it is asked again.");

    lab.known = null;
    setTimeout(() => number === lab.asked && inquire(), AGAIN);
  },
};

function render(typed = false) {
  const { state } = lab;
  viewTabs(views, lab);
  prompts(lab);
  if (!typed) {
    modelBoxes(lab);
    samplingSliders(lab);
  }
  scenes.bar(lab);
  inquire();
}

async function inquire() {
  const view = views[lab.state.view];
  const number = ++lab.asked;
  const started = performance.now();
  document.body.dataset.state = "asking";
  try {
    const question = view.question(lab.state, lab);
    const known = view.keeps && JSON.stringify(question);
    if (known && known === lab.known && lab.answer) {
      document.body.dataset.state = "drawn";
      return draw();
    }
    const answer = await ask("view", question, view.path);
    if (answer === null || number !== lab.asked) return;
    say(lab.notice);
    lab.answer = answer;
    lab.known = known;
    draw();
    document.body.dataset.took = (performance.now() - started).toFixed(1);
    document.body.dataset.state = "drawn";
    if (view.again) setTimeout(() => number === lab.asked && inquire(), view.again);
  } catch (error) {
    if (number !== lab.asked) return;
    if (error instanceof Refused) return refuse(error.message);
    lab.lost();
  }
}

function draw() {
  const view = views[lab.state.view];
  if (!lab.answer) return;
  find("title").textContent = view.title;
  const place = find("view");
  if (place.dataset.view !== lab.state.view) place.replaceChildren();
  place.dataset.view = lab.state.view;
  const focused = document.activeElement?.closest?.("#view [data-token]")?.dataset.token;
  view.show(place, lab.answer, lab);
  if (focused !== undefined && !place.contains(document.activeElement))
    [...place.querySelectorAll("[tabindex]")].find((e) => e.dataset.token === focused)?.focus();
  find("keep").replaceChildren(...buttons(view, lab).filter(Boolean));
  find("said").textContent = lab.state.text === "" ? "At the beginning of a text." : "";
  const unknown = notKnown(lab.answer);
  find("unknown").hidden = unknown.length === 0;
  find("unknown").textContent = unknown.join(" ");
}

// A line for each set of tokens that some of the models do not know.
function notKnown({ groups, models = {} }) {
  const told = groups ? groups.map((group) => [group.models, group.unknown])
    : Object.entries(models).map(([key, answer]) => [[key], answer.unknown ?? [...(answer.one?.unknown ?? []), ...(answer.other?.unknown ?? [])]]);
  const whose = new Map();
  for (const [keys, unknown] of told) {
    const tokens = [...new Set(unknown)];
    const what = tokens.slice(0, 8).map(visible).join(", ") + (tokens.length > 8 ? " …" : "");
    if (what) whose.set(what, [...(whose.get(what) ?? []), ...keys.map((key) => look(lab, key).mark)]);
  }
  return [...whose].map(([what, marks]) => `${marks.join(" ")} read as <unk>: ${what}.`);
}

function refuse(message) {
  lab.answer = null;
  document.body.dataset.state = "drawn";
  find("keep").replaceChildren();
  find("view").replaceChildren(make("p", { class: "refused" }, message));
}

function say(message) {
  find("banner").hidden = message === "";
  find("banner").textContent = message;
}

const LETTERS = {
  "/": () => find("text").focus(),
  w: () => writing.begin(find("writing"), lab),
  s: () => writing.halt(),
  t: () => theme(),
  "?": () => help.toggle(),
  "[": () => lab.change({ seed: Math.max(lab.state.seed - 1, 0) }),
  "]": () => lab.change({ seed: lab.state.seed + 1 }),
  "+": () => size(1.1),
  "-": () => size(1 / 1.1),
  " ": () => scenes.go(lab, 1),
  PageDown: () => scenes.go(lab, 1),
  PageUp: () => scenes.go(lab, -1),
  Backspace: () => shorten(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const inside = event.target.closest?.("input, textarea, select, dialog");
  if (event.key === "Escape" && inside) return event.target.blur();
  const isPager = lab.scenes.length && (event.key === "PageDown" || event.key === "PageUp");
  if (inside && !isPager) return;
  if (event.key === " " && (!lab.scenes.length || event.target.closest?.("button, summary"))) return;
  const view = lab.views[Number(event.key) - 1];
  const act = view ? () => lab.change({ view }, true) : LETTERS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

function shorten() {
  const { text } = lab.state;
  const [{ level } = {}] = lab.state.models.map((key) => lab.models.get(key));
  const shorter = level === "word" ? text.replace(/\s*\S+\s*$|\n$/u, "") : [...text].slice(0, -1).join("");
  lab.change({ text: shorter }, true);
}

function theme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  keepSetting("theme", root.dataset.theme);
}

function size(factor) {
  const now = Number(document.documentElement.dataset.size ?? 1);
  setSize(Math.min(Math.max(now * factor, 0.6), 2.5));
}

function setSize(value) {
  document.documentElement.dataset.size = value;
  document.documentElement.style.setProperty("--size", value);
  keepSetting("size", value);
}

function keepSetting(name, value) {
  try { localStorage.setItem(`keraslm-${name}`, value); } catch { /* a private window keeps nothing */ }
}

function setting(name) {
  try { return localStorage.getItem(`keraslm-${name}`); } catch { return null; }
}

function fromAddress() {
  const { state, changed } = parse(location.hash);
  const known = (state.models ?? []).filter((key) => lab.models.has(key));
  if (state.models && known.length < state.models.length) changed.push("models");
  if (!lab.views.includes(state.view)) {
    state.view = lab.views[0];
    changed.push("view");
  }
  state.models = known.length ? known : [...lab.models.keys()].slice(0, 4);
  lab.state = state;
  lab.notice = changed.length ? `Of the address, this could not be taken as it was: ${changed.join(", ")}.` : "";
  render();
}

async function start() {
  if (setting("theme")) document.documentElement.dataset.theme = setting("theme");
  if (setting("size")) setSize(Number(setting("size")) || 1);
  find("theme").onclick = theme;
  find("help").onclick = help.toggle;
  find("larger").onclick = () => size(1.1);
  find("smaller").onclick = () => size(1 / 1.1);
  try {
    const told = await about();
    const names = told.models.map((m) => m.name);
    for (const model of told.models) {
      const twice = names.filter((name) => name === model.name).length > 1;
      lab.models.set(model.key, { ...model, label: twice ? `${model.name} (${model.given})` : model.name });
    }
    lab.scenes = told.scenes;
    lab.watch = told.watch;
    lab.views = VIEWS.filter((name) => told.watch !== null || !views[name].watches);
  } catch (error) {
    say(error instanceof Refused ? error.message : "The lab does not answer; it is asked again.");
    return setTimeout(start, AGAIN);
  }
  writing.panel(find("writing"), lab);
  addEventListener("popstate", fromAddress);
  fromAddress();
  document.body.dataset.ready = "yes";
}

start();
