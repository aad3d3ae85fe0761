// Runtimes that keep pictures channels-last get them so, and give them back so; what they make of that is compared in NCHW.

/** [1, C, H, W] → [1, H, W, C]; other ranks as they are. */
export function toChannelsLast(values, shape) {
  if (shape.length !== 4) return values;
  const [, channels, height, width] = shape;
  return transposed(values, channels, height * width);
}

/** Back to [1, C, H, W], whose shape is given. */
export function toChannelsFirst(values, shape) {
  if (shape.length !== 4) return values;
  const [, channels, height, width] = shape;
  return transposed(values, height * width, channels);
}

export function transposed(values, rows, columns) {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  return result;
}
