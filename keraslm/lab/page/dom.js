// Elements without markup: text is always text.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

export function make(name, given = {}, ...children) {
  return filled(document.createElement(name), given, children);
}

export function draw(name, given = {}, ...children) {
  return filled(document.createElementNS(SVG, name), given, children);
}

function filled(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "css") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// Characters that cannot be seen, or that turn the text beside them.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const JOINS = "\u200d";

export function visible(token) {
  if (token === "\n") return "⏎";
  if (token === " ") return "␣";
  if (token === "</s>") return "⏎ end of line";
  const joined = token.length > 1;
  return token.replace(HIDDEN, (c) =>
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

// A token lights up wherever it is shown.
export function lightsUp(element, token) {
  element.dataset.token = token;
  const light = (on) => () => {
    for (const other of document.querySelectorAll("[data-token]"))
      other.classList.toggle("lit", on && other.dataset.token === token);
  };
  for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, light(true));
  for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, light(false));
  return element;
}
