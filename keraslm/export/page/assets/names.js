// Tokens as they are shown: nothing in them steers the page, and nothing is invisible.

// Control, format (bidi, zero width, tags), surrogates, separators of lines; the two
// joiners stay, which Persian words and emoji need.
const HIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const LINES = "\n\t";

function visible(text, keep = "") {
  return text.replace(HIDDEN, (c) => (keep.includes(c) ? c : escaped(c)));
}

const escaped = (text) =>
  Array.from(text, (c) => `\\u{${c.codePointAt(0).toString(16)}}`).join("");

const SPECIAL = { "\n": "↵ end of line", " ": "␣ space", "\t": "⇥ tab" };

function tokenName(token, id) {
  if (id === UNKNOWN) return "<unk>";
  if (id === BOUNDARY) return SPECIAL["\n"];
  if (token in SPECIAL) return SPECIAL[token];
  if (/^\s+$/u.test(token)) return escaped(token);
  return visible(/^\p{M}/u.test(token) ? `◌${token}` : token);
}

function percent(share) {
  if (share === 0) return "0";
  return share >= 0.9995 ? "100" : (100 * share).toFixed(share < 0.09995 ? 2 : 1);
}

const number = (value) => value.toLocaleString("en");

// Elements are made here alone, and say text alone.
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
