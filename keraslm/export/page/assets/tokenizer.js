// Text to tokens and back, as keraslm/text does it.

const UNKNOWN = 0;
const LINE_END = "</s>";
const WHITE = /[ \t\r\f\v]+/;

const oneNewline = (text) => text.replace(/\r\n?/g, "\n");

const TOKENIZERS = {
  // Unicode characters of the text in NFC; a newline is the boundary
  char: {
    tokens: (text) => Array.from(oneNewline(text).normalize("NFC")),
    piece: (token, id) => (id === UNKNOWN ? "\ufffd" : token),
  },
  // what stands between white space; </s> at each newline
  word: {
    tokens(text) {
      const lines = oneNewline(text).split("\n");
      const words = lines.map((line) => line.split(WHITE).filter(Boolean).map(renamed));
      return words.flatMap((line, k) => (k ? [LINE_END, ...line] : line));
    },
    piece(token, id, startsLine) {
      if (id === BOUNDARY) return "\n";
      return startsLine ? token : ` ${token}`;
    },
  },
};

// In a text, <s> and </s> are no words, but could be taken for ends of lines.
const renamed = (word) => (word === "<s>" || word === LINE_END ? "<unk>" : word);

class Encoder {
  constructor(tokenizer, tokens) {
    this.tokenizer = TOKENIZERS[tokenizer];
    this.isWord = tokenizer === "word";
    this.tokens = tokens;
    this.ids = new Map(tokens.map((token, id) => [token, id]));
  }

  // The ids of a text, and the tokens that are not known.
  read(text) {
    const found = this.tokenizer.tokens(text);
    const ids = found.map((token) => this.ids.get(token) ?? UNKNOWN);
    const unknown = new Set(found.filter((token) => !this.ids.has(token)));
    return { ids, unknown: [...unknown] };
  }

  // The text that a token adds after a token.
  piece(id, before) {
    return this.tokenizer.piece(this.tokens[id], id, before === BOUNDARY);
  }
}
