// A model opened, and streams of tokens that it reads and writes.

const KINDS = {
  recurrent: recurrentNetwork, window: windowNetwork, transformer: transformerNetwork,
  counts: countsNetwork,
};

function openModel(described, base64) {
  const arrays = readArrays(described.arrays, bytesOf(base64));
  return {
    ...described,
    network: KINDS[described.network.kind](described.network, arrays),
    encoder: new Encoder(described.tokenizer, described.tokens),
  };
}

// A text so far: pushing a token gives another stream, and leaves this one as it is.
class Stream {
  constructor(model, state, last) {
    const step = model.network.step(last, state);
    this.model = model;
    this.last = last;
    this.state = step.state;
    this.ask = step.logits;
  }

  static start(model) {
    return new Stream(model, model.network.start(), BOUNDARY);
  }

  get logits() {
    this.known ??= this.ask();
    return this.known;
  }

  push(id) {
    this.known = undefined; // of many words, too much to keep for every beginning
    return new Stream(this.model, this.state, id);
  }
}

// The streams after every beginning of a text: what was read once is gone on from.
class Prefixes {
  constructor(model) {
    this.ids = [];
    this.streams = [Stream.start(model)];
  }

  get last() {
    return this.streams[this.streams.length - 1];
  }

  // Forget what a text does not begin with.
  backTo(ids) {
    let same = 0;
    while (same < this.ids.length && this.ids[same] === ids[same]) same++;
    this.ids.length = same;
    this.streams.length = same + 1;
  }

  push(id) {
    this.streams.push(this.last.push(id));
    this.ids.push(id);
  }
}

// Yield the tokens after a stream, and the pieces of text that they add.
function* written(stream, how, seed) {
  const random = new Random(seed);
  for (;;) {
    const id = draw(reshaped(stream.logits, how), random.next());
    yield { id, piece: stream.model.encoder.piece(id, stream.last) };
    stream = stream.push(id);
  }
}
