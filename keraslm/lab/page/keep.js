// Taking home what is shown: a picture, a table, or the command with the same numbers.

import { make } from "./dom.js";

const quote = (text) => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export function buttons(view, lab) {
  const button = (name, act) => make("button", { type: "button", onclick: act }, name);
  return [
    view.svg && button("SVG", () => save(`${view.path}.svg`, picture(view.svg(lab.answer, lab)), "image/svg+xml")),
    button("CSV", () => save(`${view.path}.csv`, table(view.csv(lab.answer, lab)), "text/csv")),
    button("Copy the command", (event) => copy(view.command(lab.state, lab, quote), event.target)),
  ];
}

function table(lines) {
  const cell = (value) => {
    const text = String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

// A picture that stands alone: colours and sizes are written into it.
function picture(svg) {
  if (!svg) return "";
  const holder = make("div", { class: "offstage" });
  holder.append(svg);
  document.body.append(holder);
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    const style = getComputedStyle(element);
    for (const name of ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "opacity", "paint-order", "stroke-dasharray", "visibility"])
      if (style[name] && !(name === "fill" && style.fill.startsWith("url"))) element.setAttribute(name, plain(style[name]));
    element.removeAttribute("tabindex");
  }
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = new XMLSerializer().serializeToString(svg);
  holder.remove();
  return text;
}

// Of mixed colours browsers tell color(srgb 0 0.5 1), which other programs do not read.
function plain(value) {
  const found = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)$/.exec(value);
  return found ? `rgb(${found.slice(1).map((x) => Math.round(255 * x)).join(", ")})` : value;
}

function save(name, text, kind) {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = make("a", { href: address, download: `keraslm-${name}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = text;
  }
  setTimeout(() => { button.textContent = before; }, 2500);
}
