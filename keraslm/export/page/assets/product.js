// y = W x + b, where each y is a row of W times x. Four rows are read at once, so that
// each x is fetched once for four of them.
function product(W, x, b) {
  const { values, rows, columns } = W;
  const y = new Float32Array(rows);
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const first = row * columns;
    const second = first + columns;
    const third = second + columns;
    const fourth = third + columns;
    let y1 = 0, y2 = 0, y3 = 0, y4 = 0;
    for (let k = 0; k < columns; k++) {
      const xk = x[k];
      y1 += values[first + k] * xk;
      y2 += values[second + k] * xk;
      y3 += values[third + k] * xk;
      y4 += values[fourth + k] * xk;
    }
    y[row] = y1;
    y[row + 1] = y2;
    y[row + 2] = y3;
    y[row + 3] = y4;
  }
  for (; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += values[row * columns + k] * x[k];
    y[row] = sum;
  }
  if (b) for (let k = 0; k < rows; k++) y[k] += b.values[k];
  return y;
}

// A row of a table: what a one-hot vector times the table gives.
function rowOf(table, row) {
  return table.values.subarray(row * table.columns, (row + 1) * table.columns);
}
