// A map of classes as a PNG with a palette: the pixel values are the classes, the colours are those that PASCAL VOC gave them.
import { deflateSync } from 'node:zlib';
import { crc32 } from '../image/pngChunks.js';
import type { Segmentation } from '../platform/node/index.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const PALETTE_TYPE = 3;

export function maskPng({ width, height, classes }: Segmentation): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, PALETTE_TYPE, 0, 0, 0], 8);
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(classes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const palette = Uint8Array.from({ length: 256 * 3 }, (_, i) => colorOf(Math.floor(i / 3), i % 3));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND'),
  ]);
}

/** The bits of the class, dealt to red, green and blue in turn, the lowest to the highest bit of the colour. */
function colorOf(index: number, channel: number): number {
  let color = 0;
  for (let bit = 0; 3 * bit + channel < 8; bit++) color |= ((index >> (3 * bit + channel)) & 1) << (7 - bit);
  return color;
}

function chunk(type: string, content: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = Buffer.concat([new Uint8Array(4), Buffer.from(type, 'latin1'), content, new Uint8Array(4)]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(0, content.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(4, -4)));
  return bytes;
}
