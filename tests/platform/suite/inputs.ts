// Inputs that are the same on every platform.

/** `count` values in [-1, 1) with many bits, by a linear congruential generator. */
export function noise(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** An input of small.safetensors. */
export const smallInput = (seed = 1) => noise(48, seed);

/** RGBA pixels as ImageData has them: left half red, right half blue, the lowest sixth green. */
export function flag(width: number, height: number): { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[4 * (y * width + x) + flagColor(width, height, x, y)] = 255;
      data[4 * (y * width + x) + 3] = 255;
    }
  }
  return { width, height, data };
}

/** 0 red, 1 green, 2 blue. */
export function flagColor(width: number, height: number, x: number, y: number): 0 | 1 | 2 {
  if (6 * y >= 5 * height) return 1;
  return 2 * x < width ? 0 : 2;
}
