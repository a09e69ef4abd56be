// The random numbers of NumPy's default generator, so that a seed means on the page
// what it means to `keraslm generate --seed`.
// References: O'Neill (2014), PCG; numpy.random.SeedSequence.

const BITS_64 = (1n << 64n) - 1n;
const BITS_128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

class Random {
  constructor(seed) {
    const [a, b, c, d] = seedWords(seed);
    this.increment = ((((c << 64n) | d) << 1n) | 1n) & BITS_128;
    this.state = 0n;
    this.advance();
    this.state = (this.state + ((a << 64n) | b)) & BITS_128;
    this.advance();
  }

  advance() {
    this.state = (this.state * MULTIPLIER + this.increment) & BITS_128;
  }

  // A number in [0, 1) of 53 bits.
  next() {
    this.advance();
    const mixed = (this.state >> 64n) ^ (this.state & BITS_64);
    const turn = this.state >> 122n;
    const word = ((mixed >> turn) | (mixed << (64n - turn))) & BITS_64;
    return Number(word >> 11n) / 2 ** 53;
  }
}

// Four words of 64 bits of a seed below 2^32.
function seedWords(seed) {
  const pool = seedPool(seed);
  const hash = hasher(0x8b51f9dd, 0x58f38ded);
  const words = Array.from({ length: 8 }, (_, k) => BigInt(hash(pool[k % 4])));
  return [0, 2, 4, 6].map((k) => words[k] | (words[k + 1] << 32n));
}

function seedPool(seed) {
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = [seed, 0, 0, 0].map(hash);
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
    }
  }
  return pool;
}

// A hash whose constant changes with every use.
function hasher(constant, factor) {
  return (value) => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, factor);
    const product = Math.imul(mixed, constant);
    return (product ^ (product >>> 16)) >>> 0;
  };
}

function mix(x, y) {
  const both = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
  return (both ^ (both >>> 16)) >>> 0;
}
