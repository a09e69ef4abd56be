// Runs the program of a page in node: `node page_runtime.js page.html` with a job on
// standard input, whose result is printed as JSON.
const fs = require("fs");

const page = fs.readFileSync(process.argv[2], "utf8");
const program = page.match(/<script>([\s\S]*)<\/script>/)[1];
const names = "openModel, Stream, Prefixes, Random, reshaped, softmax, written, rowsOf";
const api = new Function(`"use strict"; ${program}\nreturn { ${names} };`)();

function blocks(name) {
  const pattern = new RegExp(`class="${name}">([^<]*)</script>`, "g");
  return Array.from(page.matchAll(pattern), (found) => found[1]);
}

const numbers = blocks("numbers");
const models = blocks("model").map(
  (text, k) => api.openModel(JSON.parse(text), numbers[k]));
const plain = (how) => ({ temperature: 1, topK: Infinity, topP: 1, minP: 0, ...how });
const [model] = models;

const JOBS = {
  logits({ ids }) {
    let stream = api.Stream.start(model);
    return ids.map((id) => {
      stream = stream.push(id);
      return Array.from(stream.logits);
    });
  },
  text({ prompt, how, seed, length }) {
    const { ids } = model.encoder.read(prompt);
    const stream = ids.reduce((s, id) => s.push(id), api.Stream.start(model));
    const tokens = api.written(stream, plain(how), seed);
    const start = process.cpuUsage();
    let text = "";
    for (let k = 0; k < length; k++) text += tokens.next().value.piece;
    const { user, system } = process.cpuUsage(start);
    return { text, seconds: (user + system) / 1e6 };
  },
  read: ({ texts }) => texts.map((text) => model.encoder.read(text)),
  random({ seeds, count }) {
    return seeds.map((seed) => {
      const random = new api.Random(seed);
      return Array.from({ length: count }, () => random.next());
    });
  },
  reshaped: ({ logits, hows }) =>
    hows.map((how) => Array.from(api.reshaped(logits, plain(how)))),
  typed({ texts }) {
    const prefixes = new api.Prefixes(model);
    return texts.map((text) => {
      const { ids } = model.encoder.read(text);
      prefixes.backTo(ids);
      while (prefixes.ids.length < ids.length) prefixes.push(ids[prefixes.ids.length]);
      return Array.from(api.softmax(prefixes.last.logits));
    });
  },
  rows() {
    const streams = models.map((each) => api.Stream.start(each));
    const columns = streams.map(({ logits }) => ({
      raw: api.softmax(logits), drawn: api.reshaped(logits, plain({ temperature: 0.5 })),
    }));
    return api.rowsOf(models, columns);
  },
};

const { job, ...given } = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(JOBS[job](given)));
