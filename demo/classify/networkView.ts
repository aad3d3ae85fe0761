// The picture as the network gets it: so small, so distorted.
import type { Model, Tensor } from '../../src/platform/browser/index.js';
import { byId } from '../page/dom.js';

const canvas = byId('network-view', HTMLCanvasElement);
const context = canvas.getContext('2d')!;

/** Undoes the normalisation. */
export function showNetworkView({ preprocessing }: Model, { data }: Tensor<Float32Array>): void {
  if (!preprocessing) return;
  const { size, mean, std, colorOrder } = preprocessing;
  const [height, width] = size;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pixels = new ImageData(width, height);
  const area = width * height;
  const planes = colorOrder === 'RGB' ? [0, 1, 2] : [2, 1, 0];
  for (let i = 0; i < area; i++) {
    for (const [channel, plane] of planes.entries())
      pixels.data[4 * i + channel] = 255 * (data[plane * area + i]! * std[plane]! + mean[plane]!);
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  canvas.hidden = false;
}

export function hideNetworkView(): void {
  canvas.hidden = true;
}
