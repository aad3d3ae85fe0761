// The format of a picture by its first bytes, never by its name; what is none of ours is named in the error.
import { HetConvError } from '../graph/error.js';
import { latin1 } from './bytes.js';

export type PictureFormat = 'jpeg' | 'png' | 'webp';

/** Where the tell-tale bytes are, as Latin-1, and what they tell. */
type Magic<T> = readonly [at: number, magic: string, is: T];

const OURS: readonly Magic<PictureFormat>[] = [
  [0, '\xff\xd8\xff', 'jpeg'],
  [0, '\x89PNG\r\n\x1a\n', 'png'],
  [8, 'WEBP', 'webp'],
];

const OTHERS: readonly Magic<string>[] = [
  [0, 'GIF8', 'a GIF'],
  [0, 'BM', 'a BMP'],
  [0, 'II\x2a\0', 'a TIFF'],
  [0, 'MM\0\x2a', 'a TIFF'],
  [4, 'ftypavi', 'an AVIF picture'],
  [4, 'ftyphei', 'a HEIC picture'],
  [4, 'ftypmif', 'a HEIC picture'],
  [4, 'ftyp', 'a video'],
  [0, '\xff\x0a', 'a JPEG XL picture'],
  [4, 'JXL ', 'a JPEG XL picture'],
  [4, 'jP  ', 'a JPEG 2000 picture'],
  [0, '\0\0\x01\0', 'an icon file'],
  [0, '%PDF', 'a PDF'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, '\x93NUMPY', 'a NumPy array'],
  [8, '{"', 'a safetensors file'],
  [0, '<svg', 'an SVG'],
  [0, '<?xml', 'an XML or SVG file'],
  [0, '<!doctype', 'an HTML page'],
  [0, '<!DOCTYPE', 'an HTML page'],
  [0, '<html', 'an HTML page'],
];

/** Throws `bad-image`, naming what the bytes seem to be, unless they begin like a JPEG, PNG or WebP. */
export function sniffPicture(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw new HetConvError('bad-image', 'the picture is empty (0 bytes)');
  const find = <T>(magics: readonly Magic<T>[]) => magics.find(([at, magic]) => latin1(bytes, at, magic.length) === magic)?.[2];
  const ours = find(OURS);
  if (ours) return ours;
  const other = find(OTHERS);
  const what = other ? `this seems to be ${other}` : 'this is no picture of a known format';
  throw new HetConvError('bad-image', `${what}; give a JPEG, PNG or WebP`);
}
