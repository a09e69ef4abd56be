// The numbers of a page: base64 to arrays of 32-bit floats, or of integers.

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// Every float16 by its code: (1 + fraction / 1024) 2^(exponent - 15).
function float16Table() {
  const table = new Float32Array(65536);
  for (let code = 0; code < 65536; code++) {
    const sign = code & 0x8000 ? -1 : 1;
    const exponent = (code >> 10) & 31;
    const fraction = code & 1023;
    table[code] = sign * (exponent
      ? (1024 + fraction) * 2 ** (exponent - 25)
      : fraction * 2 ** -24);
  }
  return table;
}

const TYPES = {
  f8: Float64Array, f4: Float32Array, f2: Uint16Array, i1: Int8Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array,
};

// Give {name: {values, rows, columns}} of the arrays that stand one after another.
function readArrays(described, bytes) {
  const found = {};
  const table = float16Table();
  let at = 0;
  function next(type, length) {
    const size = length * TYPES[type].BYTES_PER_ELEMENT;
    at += size;
    return new TYPES[type](bytes.slice(at - size, at).buffer);
  }
  for (const { name, type, shape, scales } of described) {
    const rows = shape.length > 1 ? shape[0] : 1;
    const columns = shape[shape.length - 1];
    let values = next(type, rows * columns);
    if (type === "f2") values = Float32Array.from(values, (code) => table[code]);
    if (scales) {
      const scale = next("f4", scales === "row" ? rows : columns);
      values = scaled(values, scale, columns, scales === "row");
    }
    found[name] = { values, rows, columns };
  }
  return found;
}

// w = s c, with an s for each row or for each column.
function scaled(codes, scale, columns, byRow) {
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    values[i] = codes[i] * scale[byRow ? Math.floor(i / columns) : i % columns];
  }
  return values;
}
