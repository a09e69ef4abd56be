// Text to tokens and back, as keraslm/text does it. "\n" ends a line at both levels.

const UNKNOWN = 0;
const NO_WORDS = ["<s>", "</s>"]; // in a text, where they are not ends of lines
const WHITE = /[ \t\r\f\v]+/;

const oneNewline = (text) => text.replace(/\r\n?/g, "\n");

const TOKENIZERS = {
  // Unicode characters of the text in NFC
  char: {
    tokens: (text) => Array.from(oneNewline(text).normalize("NFC")),
    piece: (token, id) => (id === UNKNOWN ? "\ufffd" : token),
  },
  // what stands between white space
  word: {
    tokens(text) {
      const lines = oneNewline(text).split("\n");
      const words = lines.map((line) => line.split(WHITE).filter(Boolean));
      return words.flatMap((line, k) => (k ? ["\n", ...line] : line));
    },
    piece(token, id, startsLine) {
      if (id === BOUNDARY) return "\n";
      return startsLine ? token : ` ${token}`;
    },
  },
};

class Encoder {
  constructor(tokenizer, tokens) {
    this.tokenizer = TOKENIZERS[tokenizer];
    this.isWord = tokenizer === "word";
    this.tokens = tokens;
    this.ids = new Map(tokens.map((token, id) => [token, id]));
  }

  // The id of a token of a text, undefined if it is not known.
  idOf(token) {
    if (token === "\n") return BOUNDARY;
    return this.isWord && NO_WORDS.includes(token) ? undefined : this.ids.get(token);
  }

  // The ids of a text, and the tokens that are not known, each once.
  read(text) {
    const found = this.tokenizer.tokens(text);
    const unknown = new Set(found.filter((token) => this.idOf(token) === undefined));
    const ids = found.map((token) => this.idOf(token) ?? UNKNOWN);
    return { ids, unknown: [...unknown] };
  }

  // The text that a token adds after a token.
  piece(id, before) {
    return this.tokenizer.piece(this.tokens[id], id, before === BOUNDARY);
  }
}
