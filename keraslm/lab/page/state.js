// The state of the page, which is the fragment of its address.

export const VIEWS = ["next", "surprise", "branches", "pair", "inside", "learning", "map", "game"];
const MOST_MODELS = 5;
const PROMPT = 4000;

const text = (value) => String(value).slice(0, PROMPT);
const number = (low, high, whole = false) => (value) => {
  const given = Number(value);
  if (!Number.isFinite(given)) return undefined;
  const clamped = Math.min(Math.max(given, low), high);
  return whole ? Math.round(clamped) : clamped;
};
const optional = (read) => (value) => (value === "" || value === null ? null : read(value));

// Interventions: layer:what:unit:value:start, a comma between; the value "hold" freezes.
const FORCES = 16;
function forces(value) {
  const read = String(value).split(",").map(force).filter(Boolean);
  return [...new Set(read)].slice(0, FORCES).join(",");
}
function force(one) {
  const [layer, what, unit, held, start] = one.split(":");
  const counts = [number(1, 99, true)(layer), number(0, 1e6, true)(unit), number(0, 4001, true)(start)];
  const kept = held === "hold" ? held : number(-10, 10)(held);
  if (kept === undefined || counts.includes(undefined) || !/^[a-z]{1,20}$/.test(what)) return "";
  return [counts[0], what, counts[1], kept, counts[2]].join(":");
}

// Tokens that are selected: first-last.
function range(value) {
  const found = /^(\d{1,4})-(\d{1,4})$/.exec(value);
  return found && Number(found[1]) <= Number(found[2]) ? value : undefined;
}

// name: [default, how it is read]
const FIELDS = {
  view: ["next", (value) => (VIEWS.includes(value) ? value : undefined)],
  text: ["", text],
  other: ["", text],
  models: [null, (value) => (Array.isArray(value) ? value : String(value).split(",")).filter(Boolean).slice(0, MOST_MODELS)],
  temperature: [1, number(0, 10)],
  top_k: [null, optional(number(1, 1e6, true))],
  top_p: [null, optional(number(0.001, 1))],
  min_p: [null, optional(number(0.001, 1))],
  seed: [1, number(0, 2 ** 32 - 1, true)],
  length: [60, number(0, 2000, true)],
  minus: ["", text],
  of: ["", text],
  step: [null, optional(number(0, 2 ** 32 - 1, true))],
  axis: ["step", (value) => (["step", "seconds"].includes(value) ? value : undefined)],
  layer: [1, number(1, 99, true)],
  what: ["h", (value) => (/^[a-z]{1,20}$/.test(value) ? value : undefined)],
  unit: [null, optional(number(0, 1e6, true))],
  place: [null, optional(number(0, 4001, true))],
  selected: ["", (value) => (value === "" ? "" : range(value))],
  forces: ["", forces],
  rows: ["unit", (value) => (["unit", "change", "range"].includes(value) ? value : undefined)],
  silent: [null, optional(number(0, 4001, true))],
  scene: [null, optional(number(0, 999, true))],
};

export function defaults() {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, [value]]) => [name, value]));
}

// Read a fragment: unknown names are ignored; what had to be changed is told.
export function parse(fragment) {
  const state = defaults();
  const changed = [];
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  for (const [name, value] of given) {
    if (!(name in FIELDS)) continue;
    const read = FIELDS[name][1](value);
    if (read === undefined) changed.push(name);
    else {
      state[name] = read;
      if (typeof read === "number" && read !== Number(value)) changed.push(name);
      if (typeof read === "string" && read !== value) changed.push(name);
    }
  }
  return { state, changed };
}

// Put a scene's values, which are of the same names, over the defaults.
export function fromScene(scene, before) {
  const state = { ...defaults(), models: before.models };
  for (const [name, value] of Object.entries(scene)) {
    if (!(name in FIELDS)) continue;
    const read = FIELDS[name][1](value);
    if (read !== undefined) state[name] = read;
  }
  return state;
}

export function fragment(state) {
  const given = new URLSearchParams({ v: "1" });
  for (const [name, [value]] of Object.entries(FIELDS)) {
    const now = state[name];
    const same = now === null || now === value || now === undefined;
    if (!same) given.set(name, Array.isArray(now) ? now.join(",") : String(now));
  }
  return "#" + given.toString();
}
