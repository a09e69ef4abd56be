// The sliders of the sampler.

const KS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500,
  750, 1000, 2000, 5000, 10000, 20000, 50000];

class SamplerControls {
  constructor(models, changed) {
    const largest = Math.max(...models.map((model) => model.tokens.length));
    this.ks = [...KS.filter((k) => k < largest), Infinity];
    const topK = this.slider("top-k");
    topK.max = this.ks.length - 1;
    this.reset();
    for (const name of ["temperature", "top-k", "top-p", "min-p"]) {
      this.slider(name).addEventListener("input", () => {
        this.tell();
        changed();
      });
    }
    document.getElementById("reset").addEventListener("click", () => {
      this.reset();
      changed();
    });
  }

  slider(name) {
    return document.getElementById(name);
  }

  reset() {
    const start = {
      temperature: 1, "top-k": this.ks.length - 1, "top-p": 1, "min-p": 0,
    };
    for (const [name, value] of Object.entries(start)) this.slider(name).value = value;
    this.tell();
  }

  how() {
    const value = (name) => Number(this.slider(name).value);
    return {
      temperature: value("temperature"),
      topK: this.ks[value("top-k")],
      topP: value("top-p"),
      minP: value("min-p"),
    };
  }

  tell() {
    const { temperature, topK, topP, minP } = this.how();
    const said = {
      temperature: temperature === 0 ? "0, greedy" : temperature.toFixed(2),
      "top-k": topK === Infinity ? "all" : number(topK),
      "top-p": topP.toFixed(2),
      "min-p": minP.toFixed(2),
    };
    for (const [name, text] of Object.entries(said)) {
      document.getElementById(`${name}-value`).textContent = text;
      this.slider(name).setAttribute("aria-valuetext", text);
    }
  }
}
