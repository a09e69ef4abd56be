// The distribution of the next token: a row a token, in it a bar a model. The outline
// is what the model says, the fill what the sampler makes of it.

const MOST = 12;
const SCALES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];

// Give the rows of models: the tokens that are among the twelve best of any of them,
// and what all others have. Each column sums to one. The longest bar of a token sets the
// scale; that of all others may be cut.
function rowsOf(models, columns) {
  const best = new Set();
  models.forEach((model, k) => {
    for (const id of bestOf(columns[k].raw)) best.add(model.tokens[id]);
  });
  const rows = Array.from(best, (token) => ({ token, shares: sharesOf(token) }));
  rows.sort((a, b) => total(b.shares) - total(a.shares));
  return { rows, others: models.map(othersOf) };

  function sharesOf(token) {
    return models.map((model, k) => {
      const id = model.encoder.ids.get(token);
      const { raw, drawn } = columns[k];
      return id === undefined ? null : { id, raw: raw[id], drawn: drawn[id] };
    });
  }

  function othersOf(model, k) {
    const others = { count: 0, raw: 0, drawn: 0 };
    model.tokens.forEach((token, id) => {
      if (best.has(token)) return;
      others.count++;
      others.raw += columns[k].raw[id];
      others.drawn += columns[k].drawn[id];
    });
    return others;
  }
}

const total = (shares) => shares.reduce((sum, share) => sum + (share ? share.raw : 0), 0);

// The ids of the twelve most probable tokens; of equals the lower ids.
function bestOf(shares) {
  const best = [];
  shares.forEach((share, id) => {
    if (best.length === MOST && share <= shares[best[MOST - 1]]) return;
    let at = best.length;
    while (at > 0 && share > shares[best[at - 1]]) at--;
    best.splice(at, 0, id);
    best.length = Math.min(best.length, MOST);
  });
  return best;
}

// A bar that is longer than there is room for is seen to be cut.
function stretch(bar, part) {
  bar.style.width = `${100 * Math.min(part, 1)}%`;
  bar.classList.toggle("cut", part > 1);
}

// Shows rows in a list; elements are used again, so the focus stays where it is.
class Bars {
  constructor(list, models, take) {
    this.list = list;
    this.models = models;
    this.take = take;
    this.rows = [];
    this.others = this.newRow("div");
    list.append(this.others.item);
    list.addEventListener("keydown", (event) => this.move(event));
  }

  show({ rows, others }) {
    while (this.rows.length < rows.length) {
      const row = this.newRow("button");
      row.outer.type = "button";
      row.outer.addEventListener("click", () => this.take(row.token));
      this.rows.push(row);
      this.list.insertBefore(row.item, this.others.item);
    }
    const shares = rows.flatMap((row) => row.shares).filter(Boolean);
    const largest = Math.max(...shares.flatMap((s) => [s.raw, s.drawn]));
    const scale = SCALES.find((end) => largest <= end) ?? 1;
    this.rows.forEach((row, k) => {
      row.item.hidden = k >= rows.length;
      if (k < rows.length) this.fill(row, rows[k], scale);
    });
    this.fillOthers(others, scale);
    return scale;
  }

  newRow(tag) {
    const item = element("li");
    const outer = element(tag, tag === "div" ? "row others" : "row");
    const name = element("bdi", "name");
    outer.append(name);
    const bars = this.models.map((_, k) => {
      const bar = element("span", `bar model-${k}`);
      const drawn = element("span", "drawn");
      const raw = element("span", "raw");
      bar.append(drawn, raw);
      const figures = [element("span", "figure"), element("span", "figure second")];
      outer.append(bar, ...figures);
      return { drawn, raw, figures };
    });
    if (tag === "div") outer.setAttribute("role", "group");
    item.append(outer);
    return { item, outer, name, bars, token: "" };
  }

  fill(row, { token, shares }, scale) {
    const { id } = shares.find(Boolean);
    row.token = token;
    row.name.textContent = tokenName(token, id);
    row.name.title = row.name.textContent;
    row.name.classList.toggle("special", row.name.textContent !== token);
    row.outer.disabled = id === UNKNOWN;
    this.measure(row, shares, scale);
  }

  fillOthers(others, scale) {
    const counts = [...new Set(others.map((other) => number(other.count)))];
    const tokens = counts.join() === "1" ? "token" : "tokens";
    this.others.name.textContent = `the other ${counts.join(" or ")} ${tokens}`;
    this.others.item.hidden = counts.join() === "0";
    this.measure(this.others, others, scale);
  }

  measure(row, shares, scale) {
    row.bars.forEach(({ drawn, raw, figures }, k) => {
      const share = shares[k] ?? { raw: 0, drawn: 0 };
      stretch(raw, share.raw / scale);
      stretch(drawn, share.drawn / scale);
      figures[0].textContent = shares[k] ? percent(share.raw) : "none";
      figures[1].textContent = shares[k] ? percent(share.drawn) : "";
    });
    const said = this.models.map((model, k) =>
      `${this.models.length > 1 ? `${visible(model.name)} ` : ""}${
        shares[k] ? `${percent(shares[k].raw)} per cent` : "does not know it"}`);
    row.outer.setAttribute("aria-label", `${row.name.textContent}: ${said.join(", ")}`);
  }

  // Up and down walk through the bars.
  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const shown = this.rows.filter((row) => !row.item.hidden && !row.outer.disabled);
    const at = shown.findIndex((row) => row.outer === document.activeElement);
    if (!step || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    shown[Math.min(Math.max(at + step, 0), shown.length - 1)].outer.focus();
  }
}
