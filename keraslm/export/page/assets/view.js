// The page: a prompt, what comes next, the sampler, and text that is written.

const LONGEST_STEP = 12; // milliseconds of reading, then the browser may draw

class View {
  constructor(models) {
    this.models = models;
    this.prefixes = models.map((model) => new Prefixes(model));
    this.isWord = models[0].encoder.isWord;
    this.asked = 0; // how many updates were begun; an older one paints nothing
    this.job = { isOver: true }; // the text that is being written
    this.prompt = document.getElementById("prompt");
    this.status = document.getElementById("prompt-status");
    this.sampler = new SamplerControls(models, () => this.paint());
    this.bars = new Bars(
      document.getElementById("bars"), models, (token) => this.take(token));
    this.writers = models.map((model) => this.newWriter(model));
    this.introduce();
    this.listen();
    this.update();
  }

  introduce() {
    const names = this.models.map((model) => visible(model.name));
    document.getElementById("title").textContent = names.join(" and ");
    document.body.classList.toggle("two", names.length > 1);
    const list = document.getElementById("models");
    this.models.forEach((model, k) => {
      const item = element("li", `model-${k}`);
      if (names.length > 1) item.append(element("strong", "key", names[k]));
      item.append(element("span", "", `${visible(model.facts)}. `));
      item.append(element("span", "rounding", visible(model.rounding)));
      list.append(item);
    });
    document.getElementById("version").textContent = visible(this.models[0].version);
  }

  newWriter(model) {
    const place = element("div", `output model-${this.models.indexOf(model)}`);
    if (this.models.length > 1) place.append(element("h3", "key", visible(model.name)));
    document.getElementById("outputs").append(place);
    return new Writer(model, place, (text) => this.setPrompt(text));
  }

  listen() {
    const on = (id, does) => document.getElementById(id).addEventListener("click", does);
    this.prompt.addEventListener("input", () => this.update());
    on("back", () => this.setPrompt(this.withoutLast()));
    on("clear", () => this.setPrompt(""));
    on("write", () => (this.job.isOver ? this.write() : this.stop()));
    on("other-seed", () => {
      document.getElementById("seed").value = Math.floor(Math.random() * 1000);
      this.write();
    });
    document.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") this.stop();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault(); // of a bar that has the focus, which takes its token
        this.write();
      }
    });
  }

  // The prompt as the models read it. A last word that is not known yet waits.
  read() {
    let text = this.prompt.value;
    let waiting = "";
    const last = this.isWord ? text.match(/[^ \t\r\n\f\v]+$/) : null;
    const knows = ({ encoder }) => encoder.idOf(last[0]) !== undefined;
    if (last && !this.models.some(knows)) {
      waiting = last[0];
      text = text.slice(0, last.index);
    }
    return { text, waiting, read: this.models.map((model) => model.encoder.read(text)) };
  }

  async update() {
    const mine = ++this.asked;
    const { waiting, read } = this.read();
    for (const [k, { ids }] of read.entries()) {
      const prefixes = this.prefixes[k];
      prefixes.backTo(ids);
      let start = performance.now();
      while (prefixes.ids.length < ids.length) {
        prefixes.push(ids[prefixes.ids.length]);
        if (performance.now() - start < LONGEST_STEP) continue;
        await pause();
        if (mine !== this.asked) return false;
        start = performance.now();
      }
    }
    this.tell(waiting, read);
    this.paint();
    return true;
  }

  tell(waiting, read) {
    const [{ ids }] = read;
    const parts = [ids.length === 1 ? "1 token" : `${number(ids.length)} tokens`];
    const unknown = [...new Set(read.flatMap((each) => each.unknown))];
    if (unknown.length) {
      const names = unknown.slice(0, 5).map((token) => `“${visible(token)}”`);
      const more = unknown.length > 5 ? " and others" : "";
      parts.push(`not in the vocabulary, read as <unk>: ${names.join(", ")}${more}`);
    }
    if (waiting) parts.push(`“${visible(waiting)}” is no known word so far and waits`);
    this.status.textContent = parts.join("; ");
    this.status.classList.toggle("warning", unknown.length + waiting.length > 0);
  }

  paint() {
    const how = this.sampler.how();
    const columns = this.prefixes.map(({ last }) => ({
      raw: softmax(last.logits), drawn: reshaped(last.logits, how),
    }));
    const scale = this.bars.show(rowsOf(this.models, columns));
    document.getElementById("scale").textContent =
      `A bar of full width is ${Math.round(100 * scale)} %.`;
  }

  setPrompt(text) {
    this.prompt.value = text;
    this.prompt.scrollTop = this.prompt.scrollHeight;
    this.update();
  }

  take(token) {
    const { text } = this.read();
    const endsLine = token === this.models[0].tokens[BOUNDARY];
    if (!this.isWord) this.setPrompt(text + token);
    else if (endsLine) this.setPrompt(`${text}\n`);
    else this.setPrompt(text + (/(^|[ \t\r\n\f\v])$/.test(text) ? "" : " ") + token);
  }

  withoutLast() {
    const text = this.prompt.value;
    if (!this.isWord) return Array.from(text).slice(0, -1).join("");
    return text.replace(/(?:\n|[ \t\r\f\v]*[^ \t\r\n\f\v]+)[ \t\r\f\v]*$/, "");
  }

  async write() {
    this.stop();
    const job = { isOver: false };
    this.job = job;
    const seed = wholeNumber("seed", 0, 2 ** 32 - 1);
    const length = wholeNumber("length", 1, 100_000);
    const ready = await this.update();
    if (ready && !job.isOver) await this.writeAll(job, seed, length);
    if (this.job === job) this.stop();
  }

  async writeAll(job, seed, length) {
    const { text } = this.read();
    const given = this.isWord ? text.replace(/[ \t\r\f\v]+$/, "") : text;
    const how = this.sampler.how();
    const streams = this.prefixes.map(({ last }) => last);
    document.getElementById("write").textContent = "Stop";
    await Promise.all(this.writers.map((writer, k) => writer.write(
      given, streams[k], how, seed, length, () => job.isOver)));
  }

  stop() {
    this.job.isOver = true;
    document.getElementById("write").textContent = "Write";
  }
}

// A field's whole number, put back into its range.
function wholeNumber(id, least, most) {
  const field = document.getElementById(id);
  const value = Math.min(Math.max(Math.floor(Number(field.value)) || 0, least), most);
  field.value = value;
  return value;
}

function start() {
  const read = (name) => Array.from(document.querySelectorAll(`script.${name}`));
  const numbers = read("numbers").map((script) => script.textContent);
  const models = read("model").map(
    (script, k) => openModel(JSON.parse(script.textContent), numbers[k]));
  new View(models);
}

if (typeof document !== "undefined") start();
