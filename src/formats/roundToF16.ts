// 32-bit floats to IEEE binary16, on the bits, so that every engine agrees.

/** f32 to IEEE binary16 bits, to nearest, ties to even; beyond 65504 (rounded) it becomes infinite, NaN stays NaN. */
export function roundToF16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) halves[i] = sign | 0x7e00;
    else if (magnitude >= 0x477ff000) halves[i] = sign | 0x7c00;
    else if (magnitude >= 0x38800000) halves[i] = sign | roundShift(magnitude - (112 << 23), 13);
    else if (magnitude < 0x33000000) halves[i] = sign;
    else halves[i] = sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23));
  }
  return halves;
}

/** `bits / 2^shift`, to nearest, ties to even. */
function roundShift(bits: number, shift: number): number {
  return (bits + (1 << (shift - 1)) - 1 + ((bits >>> shift) & 1)) >>> shift;
}
