// Walks the chunks of a PNG (W3C PNG, third edition): what the decoder and the header need, with lengths and checksums checked.
import { HetConvError } from '../graph/error.js';
import { latin1, u32be } from './bytes.js';

export interface PngChunks {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colorType: ColorType;
  readonly interlaced: boolean;
  /** RGB triples. */
  readonly palette?: Uint8Array | undefined;
  readonly transparency?: Uint8Array | undefined;
  readonly exif?: Uint8Array | undefined;
  /** The zlib stream in its pieces. */
  readonly data: readonly Uint8Array[];
}

export const ColorType = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;
export type ColorType = (typeof ColorType)[keyof typeof ColorType];

const DEPTHS: Record<ColorType, readonly number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/** Throws `bad-image` where the file is truncated, damaged or not valid. */
export function readPngChunks(bytes: Uint8Array): PngChunks {
  let header: Pick<PngChunks, 'width' | 'height' | 'depth' | 'colorType' | 'interlaced'> | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let exif: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw bad(`the PNG is truncated: its ${bytes.length} bytes end without the chunk IEND`);
    const type = latin1(bytes, at + 4, 4);
    const end = at + 8 + u32be(bytes, at);
    if (end + 4 > bytes.length) {
      throw bad(
        `the PNG is truncated: its chunk ${JSON.stringify(type)} at byte ${at} goes on to byte ${end + 4}, the file has ${bytes.length}`,
      );
    }
    const content = bytes.subarray(at + 8, end);
    const critical = (bytes[at + 4]! & 0x20) === 0;
    if (critical && crc32(bytes.subarray(at + 4, end)) !== u32be(bytes, end)) {
      throw bad(`the PNG is damaged: the checksum of its chunk ${JSON.stringify(type)} at byte ${at} does not match`);
    }
    if (!header && type !== 'IHDR') throw bad('the PNG does not begin with its header');
    if (type === 'IHDR') {
      if (header) throw bad('the PNG has two headers');
      header = readHeader(content);
    } else if (type === 'PLTE') palette ??= content;
    else if (type === 'tRNS') transparency ??= content;
    else if (type === 'eXIf') exif ??= content;
    else if (type === 'IDAT') data.push(content);
    else if (type === 'IEND') return { ...header!, palette, transparency, exif, data };
    at = end + 4;
  }
}

function readHeader(content: Uint8Array) {
  if (content.length !== 13) throw bad(`the PNG has a header of ${content.length} bytes instead of 13`);
  const [depth, colorType, compression, filter, interlace] = content.subarray(8) as unknown as [
    number,
    ColorType,
    number,
    number,
    number,
  ];
  if (!DEPTHS[colorType]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw bad(
      `the PNG has a header that the standard does not know: depth ${depth}, colour type ${colorType}, interlace ${interlace}`,
    );
  }
  return { width: u32be(content, 0), height: u32be(content, 4), depth, colorType, interlaced: interlace === 1 };
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** The checksum of a chunk's type and content. */
export function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}

function bad(message: string): HetConvError {
  return new HetConvError('bad-image', message);
}
