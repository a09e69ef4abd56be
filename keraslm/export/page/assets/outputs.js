// The output side of a network: from h to logits, or to log-probabilities, which are
// logits too. The equations are those of keraslm/outputs.

const OUTPUTS = {
  // logits = h O + b
  full: (arrays) => (h) => product(arrays["output O"], h, arrays["output b"]),

  // logits = h P E', E the embedding, or h E' where P is left out
  tied(arrays) {
    const P = arrays["output P"];
    return (h) => product(arrays.embedding, P ? product(P, h) : h);
  },

  // the head has the frequent words and an entry for each band of rare ones
  adaptive(arrays, { cutoffs }) {
    return (h) => {
      const head = logSoftmax(product(arrays["head O"], h, arrays["head b"]));
      const bands = cutoffs.map((_, k) => {
        const own = (letter) => arrays[`band ${k + 1} ${letter}`];
        const words = logSoftmax(product(own("O"), product(own("P"), h), own("b")));
        return words.map((logP) => logP + head[cutoffs[0] + k]);
      });
      const parts = [head.subarray(0, cutoffs[0]), ...bands];
      return Float64Array.from(parts.flatMap((part) => Array.from(part)));
    };
  },

  // log P(w) = log P(class of w) + log P(w among its class)
  classes(arrays) {
    const classes = arrays.classes.values;
    return (h) => {
      const ofClass = logSoftmax(product(arrays["class A"], h, arrays["class a"]));
      const scores = product(arrays["word O"], h, arrays["word b"]);
      const most = new Float64Array(ofClass.length).fill(-Infinity);
      scores.forEach((score, w) => {
        most[classes[w]] = Math.max(most[classes[w]], score);
      });
      const sums = new Float64Array(ofClass.length);
      scores.forEach((score, w) => {
        sums[classes[w]] += Math.exp(score - most[classes[w]]);
      });
      return Float64Array.from(scores, (score, w) => {
        const c = classes[w];
        return ofClass[c] + score - most[c] - Math.log(sums[c]);
      });
    };
  },
};

function logSoftmax(logits) {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return Float64Array.from(logits, (logit) => logit - most - Math.log(sum));
}
