// Equations in MathML, from the lines of a cell's docstring.

const MATHML = "http://www.w3.org/1998/Math/MathML";

function sign(name, ...children) {
  const element = document.createElementNS(MATHML, name);
  element.append(...children);
  return element;
}

const WORDS = /([A-Za-z]+'?)(?:_([a-z]+))?|\d+|[-+*=()]/g;
const SHOWN = { "*": "·", "-": "−", sigmoid: "σ" };

// "i = sigmoid(x W_i + b_i)" with its subscripts.
export function formula(text) {
  const parts = [];
  let was = "";
  for (const [whole, name, below] of text.matchAll(WORDS)) {
    if (name && /^[A-Za-z)]/.test(was)) parts.push(sign("mo", "\u2062"));
    const shown = SHOWN[whole] ?? (name ?? whole).replace("'", "′");
    if (below) parts.push(sign("msub", sign("mi", shown), sign("mi", below)));
    else if (name) parts.push(sign("mi", SHOWN[name] ?? shown));
    else parts.push(mark(whole));
    was = whole;
  }
  return sign("math", sign("mrow", ...parts));
}

export function figure(x, digits = 4) {
  const text = Math.abs(x) >= 1000 ? x.toPrecision(4) : x.toFixed(digits);
  return text.replace("-", "−");
}

// The same line with numbers in it.
export function numbers(pieces) {
  const parts = pieces.flatMap((piece) => {
    if (typeof piece === "string") return symbols(piece);
    return [piece < 0 ? sign("mrow", mark("("), sign("mn", figure(piece)), mark(")")) : sign("mn", figure(piece))];
  });
  return sign("math", sign("mrow", ...parts));
}

function symbols(text) {
  return [...text.matchAll(WORDS)].map(([whole, name]) => (name ? sign("mi", SHOWN[whole] ?? whole) : mark(whole)));
}

function mark(whole) {
  const element = sign(/\d/.test(whole) ? "mn" : "mo", SHOWN[whole] ?? whole);
  if ("()".includes(whole)) element.setAttribute("stretchy", "false");
  return element;
}
