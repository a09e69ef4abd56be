// A run as it learns: perplexity, samples, its models step by step, and what they are near to.

import { ask } from "./api.js";
import { draw, lightsUp, make, percent, visible } from "./dom.js";
import { chart } from "./lines.js";

export const title = "Learning";
export const path = "learning";
export const watches = true; // a run, so it is shown only where one is watched
export const again = 2000; // milliseconds between two questions

const COUNTS = {
  unigram: { mark: "1", colour: "var(--model-2)" },
  bigram: { mark: "2", colour: "var(--model-3)" },
  trigram: { mark: "3", colour: "var(--model-4)" },
  truth: { mark: "▮", colour: "var(--truth)" },
};
const parts = {}; // what stays on the page: a slider must not be replaced while it is drawn
let told = null; // the last whole answer
let bars = null; // the last answer for the slider's step
let drawn = ""; // what the charts are of
let asked = ""; // what the bars are of

export function question() {
  return { seen: document.getElementById("view").dataset.view === "learning" ? told?.version ?? "" : "" };
}

export function show(place, answer, lab) {
  if (!answer.same) told = answer;
  if (!parts.box) build(lab);
  if (!place.contains(parts.box)) {
    place.replaceChildren(parts.box);
    drawn = asked = "";
  }
  parts.situation.textContent = answer.situation + damage();
  const now = JSON.stringify([told.version, lab.state.axis, lab.state.step]);
  if (now !== drawn) {
    drawn = now;
    slider(lab);
    parts.perplexity.replaceChildren(perplexity(lab));
    parts.nearness.replaceChildren(...nearness(lab));
    samples();
  }
  stepBars(lab);
}

const damage = () => (told.damaged ? ` Lines of history.csv that are damaged and left out: ${told.damaged}.` : "");

function build(lab) {
  const slide = (event) => {
    const step = told.steps[Number(event.target.value)];
    lab.change({ step: step === told.steps.at(-1) ? null : step });
  };
  parts.situation = make("p", { class: "note" });
  parts.axis = make("button", { type: "button", onclick: () => lab.change({ axis: lab.state.axis === "step" ? "seconds" : "step" }) });
  parts.perplexity = make("div", { class: "wide" });
  parts.range = make("input", { type: "range", id: "step", min: 0, step: 1, oninput: slide });
  parts.at = make("output", { for: "step" });
  parts.slider = make("div", { class: "stepper" }, make("label", { for: "step" }, "Model of step"), parts.range, parts.at);
  parts.verdict = make("p", { class: "verdict" });
  parts.bars = make("ol", { class: "rows" });
  parts.about = make("p", { class: "note" });
  parts.nearness = make("div");
  parts.samples = make("ol", { class: "samples", tabindex: 0, "aria-label": "What the model wrote, the newest first" });
  parts.box = make("div", { class: "learning" }, parts.situation,
    make("h3", {}, "Perplexity ", parts.axis), parts.perplexity,
    make("h3", {}, "What comes next, by the model of a step"), parts.slider, parts.verdict, parts.about, parts.bars,
    make("h3", {}, "What it is near to"), parts.nearness,
    make("h3", {}, "What it wrote, always from the same random numbers"), parts.samples);
}

const chosen = (lab) => {
  const { step } = lab.state;
  return step === null ? told.steps.at(-1) : told.steps.findLast((s) => s <= step) ?? told.steps[0];
};

function slider(lab) {
  parts.slider.hidden = told.steps.length === 0;
  parts.verdict.textContent = "";
  if (!told.steps.length) return;
  const step = chosen(lab);
  parts.range.max = told.steps.length - 1;
  parts.range.value = told.steps.indexOf(step);
  parts.at.textContent = step.toLocaleString("en");
  parts.range.setAttribute("aria-valuetext", `step ${step}`);
  const row = told.comparison.rows.findLast((r) => r.step <= step); // the newest may not be measured yet
  if (row) parts.verdict.textContent = verdict(row, told.comparison.names);
}

function perplexity(lab) {
  const { axis } = lab.state;
  parts.axis.textContent = axis === "step" ? "over steps: show seconds" : "over seconds: show steps";
  const of = (split) => told.rows.filter((r) => r.split === split && r.perplexity !== null && r[axis] !== null).map((r) => [r[axis], r.perplexity]);
  const { floor } = told.comparison;
  const series = [
    { name: "training", mark: "┄", colour: "var(--soft)", points: of("train"), dashed: true },
    { name: "validation", mark: "●", colour: "var(--model-1)", points: of("valid") },
  ];
  if (floor !== null) series.push({ name: "grammar", mark: "▮", colour: "var(--truth)", points: [[0, floor]], flat: true });
  if (!told.rows.length) return make("p", { class: "note" }, "No figure yet.");
  const at = axis === "step" && told.steps.length ? chosen(lab) : null;
  return chart({ series, across: axis === "step" ? "steps" : "seconds of training", up: "perplexity (logarithmic)", logarithmic: true, at, width: parts.perplexity.clientWidth, label: "Perplexity of the training and the validation text while the run goes on" });
}

function nearness(lab) {
  const { comparison } = told;
  const found = [];
  if (comparison.message) found.push(make("p", { class: "note" }, comparison.message));
  const left = told.steps.filter((step) => !comparison.rows.some((r) => r.step === step)).length;
  if (left && !comparison.message) found.push(make("p", { class: "note" }, `Models that are not measured yet: ${left}.`));
  if (!comparison.rows.length) return found;
  const series = comparison.names.map((name) => ({ name, ...COUNTS[name], points: comparison.rows.filter((r) => r[name] !== null).map((r) => [r.step, r[name]]) }));
  const at = chosen(lab) ?? null;
  const text = comparison.on_validation ? "validation" : "training";
  found.push(make("p", { class: "note" }, comparison.stages.map(stage).join("; ") + "."),
    make("div", { class: "wide" }, chart({ series, across: "steps", up: "KL(counts or truth ‖ model), bits a token", at, width: parts.nearness.clientWidth, label: "The divergence of each kept model from counts of the training text and from the truth, in bits" })),
    make("p", { class: "note" }, `Averaged over the tokens after ${comparison.prefixes} beginnings of lines, evenly spaced in the ${text} text; unigram, bigram and trigram are counted from the training text (modified Kneser-Ney).`));
  return found;
}

function verdict(row, names) {
  const counts = names.filter((name) => name !== "truth" && row[name] !== null);
  if (!counts.length) return "";
  const near = counts.reduce((a, b) => (row[b] < row[a] ? b : a));
  return `At step ${row.step.toLocaleString("en")} it is nearest to a ${near} model: ${row[near].toFixed(2)} bits a token away.`;
}

const stage = ({ name, from, to }) => (from === to ? `${name} at step ${from.toLocaleString("en")}` : `${name} from step ${from.toLocaleString("en")} to ${to.toLocaleString("en")}`);

function samples() {
  const now = `${told.samples.length} ${told.samples.at(-1)?.text.length}`;
  if (parts.samples.dataset.now === now) return; // so that a reader's place stays
  parts.samples.dataset.now = now;
  const items = told.samples.map(({ step, text }) => make("li", {}, make("b", {}, `Step ${step.toLocaleString("en")}`), make("p", { class: "written", dir: "auto" }, text)));
  parts.samples.replaceChildren(...items.reverse());
}

// Ask for the bars of the slider's step, unless they are there.
async function stepBars(lab) {
  if (!told.steps.length) {
    asked = "";
    parts.bars.replaceChildren();
    parts.about.textContent = "";
    return;
  }
  const { text, temperature, top_k, top_p, min_p, seed } = lab.state;
  const wanted = { text, step: chosen(lab), temperature, top_k, top_p, min_p, seed };
  const now = JSON.stringify([wanted, told.steps.at(-1), told.comparison.names]);
  if (now === asked) return;
  asked = now;
  try {
    const answer = await ask("learning-next", wanted);
    if (answer === null) return;
    bars = answer;
    showBars(lab);
  } catch (error) {
    asked = "";
    parts.about.textContent = error.message;
  }
}

const columns = () => Object.fromEntries(bars.names.map((name, k) => [name, bars.columns[k]]));

// The rows stand in the order of the newest model, so that they stay while the slider moves.
function ordered() {
  const { newest } = columns();
  return bars.tokens.map((_, k) => k).sort((a, b) => newest.p[b] - newest.p[a]);
}

function showBars(lab) {
  const { step, newest, truth } = columns();
  const most = Math.max(...step.p, ...newest.p, ...(truth?.p ?? []), 0.01);
  const scale = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1].find((s) => s >= most) ?? 1;
  const unknown = bars.unknown.length ? ` Not in the vocabulary, read as <unk>: ${bars.unknown.slice(0, 8).map(visible).join(", ")}.` : "";
  parts.about.textContent = `Filled: step ${bars.step.toLocaleString("en")}. Outlined: step ${bars.newest.toLocaleString("en")}, the newest.${truth ? " Black tick: the truth." : ""} Full width: ${percent(scale)}.${unknown}`;
  const kept = new Map([...parts.bars.children].map((row) => [row.dataset.id, row]));
  const rows = ordered().map((k) => row(kept, bars.tokens[k], step.p[k], newest.p[k], truth?.p[k], scale, lab));
  rows.push(row(kept, null, step.others, newest.others, truth?.others, scale, lab));
  parts.bars.replaceChildren(...rows);
}

function row(kept, token, p, last, truth, scale, lab) {
  const id = token ? String(token.id) : "others";
  const element = kept.get(id) ?? newRow(id, token, lab);
  const [fill, outline, tick, figure] = element.querySelector(".bar").children;
  fill.style.setProperty("width", `${Math.min(100 * p / scale, 100)}%`);
  outline.style.setProperty("width", `${Math.min(100 * last / scale, 100)}%`);
  tick.hidden = truth === undefined;
  if (truth !== undefined) tick.style.setProperty("left", `${Math.min(100 * truth / scale, 100)}%`);
  figure.textContent = bars.step === bars.newest ? percent(p) : `${percent(p)}, newest ${percent(last)}`;
  if (!token) element.querySelector(".label").textContent = `the other ${bars.others.toLocaleString("en")} tokens`;
  return element;
}

function newRow(id, token, lab) {
  const bar = make("div", { class: "bar", css: { "--colour": "var(--model-1)" } }, make("i", { class: "fill" }), make("i", { class: "raw" }), make("b", { class: "tick" }), make("span", { class: "figure" }));
  const label = make("div", { class: "label" }, token && make("bdi", { class: "token" }, visible(token.token)));
  const element = make("li", { class: token ? "row" : "row others", "data-id": id, tabindex: token ? 0 : null }, label, make("div", { class: "bars" }, bar));
  if (!token) return element;
  const take = () => lab.take(token.piece);
  element.addEventListener("click", take);
  element.addEventListener("keydown", (event) => event.key === "Enter" && take());
  return lightsUp(element, token.token);
}

export function csv() {
  const lines = [["what", "step", "seconds", "value", "unit"]];
  for (const r of told.rows) lines.push([`${r.split} perplexity`, r.step, r.seconds, r.perplexity ?? "inf", "perplexity"]);
  for (const r of told.comparison.rows) for (const name of told.comparison.names) lines.push([`KL from ${name}`, r.step, "", r[name] ?? "inf", "bits a token"]);
  if (bars) bars.names.forEach((name, c) => ordered().forEach((k) => lines.push([`${name}: P(${bars.tokens[k].token})`, name === "step" ? bars.step : bars.newest, "", bars.columns[c].p[k], "probability"])));
  return lines;
}

export function command(state, lab, quote) {
  const lines = [`keraslm learning ${quote(lab.watch)}`];
  if (bars) lines.push(`keraslm next ${quote(`${lab.watch}/checkpoints/step-${String(bars.step).padStart(9, "0")}.keras`)} ${quote(state.text)} --top 8`);
  return lines.join("\n");
}

export function svg() {
  const [first, second] = document.querySelectorAll("#view svg.lines");
  if (!first) return draw("svg", {});
  const [a, b] = [first, second].map((chart) => chart?.cloneNode(true));
  if (!b) return a;
  const { width, height: high } = a.viewBox.baseVal;
  const whole = draw("svg", { viewBox: `0 0 ${width} ${2 * high + 40}`, width, height: 2 * high + 40 });
  whole.append(draw("g", { class: "lines" }, ...a.childNodes), draw("g", { class: "lines", transform: `translate(0 ${high + 40})` }, ...b.childNodes));
  return whole;
}
