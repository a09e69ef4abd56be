// Text that models write, shown as it is written. A model writes for some milliseconds,
// then the browser draws and listens.

const AT_ONCE = 24; // milliseconds

const pause = () => new Promise((resolve) => setTimeout(resolve));

class Writer {
  constructor(model, place, usePrompt) {
    this.model = model;
    this.prompt = element("span", "given");
    this.text = document.createTextNode("");
    this.status = element("p", "status");
    this.status.setAttribute("role", "status");
    this.use = element("button", "", "Use as prompt");
    this.use.type = "button";
    this.use.hidden = true;
    this.use.addEventListener("click", () => usePrompt(this.given + this.plain));
    const shown = element("pre", "written empty");
    shown.tabIndex = 0;
    shown.dir = "auto";
    shown.setAttribute("role", "region");
    shown.setAttribute("aria-label", `Text by ${visible(model.name)}`);
    shown.append(this.prompt, this.text);
    this.shown = shown;
    const foot = element("div", "foot");
    foot.append(this.status, this.use);
    place.append(shown, foot);
  }

  // Write so many tokens after a text; `isOver` says whether it was stopped.
  async write(given, stream, how, seed, length, isOver) {
    this.given = given;
    this.plain = "";
    this.prompt.textContent = visible(given, LINES);
    this.text.data = "";
    this.shown.classList.remove("empty");
    this.use.hidden = true;
    const tokens = written(stream, how, seed);
    let done = 0;
    let busy = 0;
    while (done < length && !isOver()) {
      const start = performance.now();
      let piece = "";
      while (done < length && performance.now() - start < AT_ONCE) {
        piece += tokens.next().value.piece;
        done++;
      }
      busy += performance.now() - start;
      this.plain += piece;
      this.text.appendData(visible(piece, LINES));
      this.shown.scrollTop = this.shown.scrollHeight;
      this.status.textContent = `${number(done)} of ${number(length)} tokens`;
      await pause();
    }
    const speed = busy ? `, ${number(Math.round((1000 * done) / busy))} a second` : "";
    this.status.textContent = `${number(done)} tokens${speed}, seed ${seed}`;
    this.use.hidden = false;
  }
}
