// 16-bit floats (IEEE binary16 and bfloat16) to and from 32-bit ones, on the bits, so that every engine agrees.

/** IEEE binary16 bits to f32, exactly; NaN payloads included. */
export function expandF16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 0x3ff;
    if (exponent !== 0) words[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
    else if (fraction === 0) words[i] = sign;
    else {
      const shift = Math.clz32(fraction) - 21; // brings the leading one to bit 10, where it is implied
      words[i] = sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
    }
  }
  return new Float32Array(words.buffer);
}

/** bfloat16 bits to f32, exactly. */
export function expandBf16(halves: Uint16Array): Float32Array {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return new Float32Array(words.buffer);
}

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
