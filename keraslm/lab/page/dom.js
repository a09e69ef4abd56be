// Elements without markup: text is always text.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

export function make(name, given = {}, ...children) {
  return filled(document.createElement(name), given, children);
}

export function draw(name, given = {}, ...children) {
  return filled(document.createElementNS(SVG, name), given, children);
}

// Children come first: with dir="auto" each one that came later would be a new reading.
function filled(element, given, children) {
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "css") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

// Characters that cannot be seen, or that turn the text beside them.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const JOINS = "\u200d";

const LONGEST = 60; // characters of a token that are shown

export function visible(token) {
  const letters = token.length > LONGEST ? [...token] : [];
  if (letters.length > LONGEST) return `${visible(letters.slice(0, LONGEST - 20).join(""))}… (${letters.length.toLocaleString("en")} characters)`;
  if (token === "\n") return "⏎";
  if (token === " ") return "␣";
  if (token === "</s>") return "⏎ end of line";
  const joined = token.length > 1;
  return token.replace(/^\p{M}/u, "◌$&").replace(HIDDEN, (c) =>
    joined && c === JOINS ? c : `\\u{${c.codePointAt(0).toString(16)}}`);
}

export function percent(p) {
  if (p === null || p === undefined) return "–";
  if (p === 0) return "0";
  const share = 100 * p;
  if (share >= 99.95) return share > 99.9999 ? "100%" : `${share.toFixed(2)}%`;
  if (share >= 10) return `${share.toFixed(1)}%`;
  if (share >= 0.1) return `${share.toFixed(2)}%`;
  if (share >= 0.001) return `${share.toFixed(4)}%`;
  return p.toExponential(1);
}

export const bits = (b) => (b === null || b === undefined ? "∞" : b.toFixed(Math.abs(b) >= 9.95 ? 1 : 2));

// Fill a place anew; what had the focus has it again.
export function again(place, fill) {
  const act = place.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
  fill();
  if (act) [...place.querySelectorAll("[data-act]")].find((e) => e.dataset.act === act)?.focus();
}

// A token lights up wherever it is shown, while the pointer or the focus is on it.
export function lightsUp(element, token) {
  element.dataset.token = token;
  return element;
}

function light(element) {
  const token = element?.closest?.("[data-token]")?.dataset.token;
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (token === undefined) return;
  for (const other of document.querySelectorAll("[data-token]"))
    if (other.dataset.token === token) other.classList.add("lit");
}

for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => light(event.target));
for (const name of ["pointerout", "focusout"]) document.addEventListener(name, (event) => light(event.relatedTarget));
