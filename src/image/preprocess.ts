// From a picture to the tensor that a network was trained on: fitted to its size, ordered, scaled and normalised, by the kernels of
// assembly/u8/picture.ts in a memory of their own. TypeScript writes tables, and passes the picture through in strips.
import * as abi from '../../assembly/abi.js';
import { HetConvError } from '../graph/error.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import { type Fit, windowOf } from './fit.js';
import type { Picture } from './picture.js';
import { type Taps, tapsOf } from './taps.js';

type Kernel = (record: number, begin: number, end: number) => void;

/** The exports of a binary that prepare pictures. */
export type PictureKernels = Readonly<Record<'u8_over_white' | 'u8_resize_columns' | 'u8_resize_rows' | 'u8_normalise', Kernel>>;

const PAGE = 65536;
/** Bytes of a strip, and of what is left of it after the first pass, that stay in a core's cache; at least one row is taken. */
const STRIP_BYTES = 2 ** 17;

export class Preprocessor {
  readonly #kernels: PictureKernels;
  readonly #memory: WebAssembly.Memory;

  /** `memory` is what the kernels' instance imported; nobody else uses it. */
  constructor(kernels: PictureKernels, memory: WebAssembly.Memory) {
    this.#kernels = kernels;
    this.#memory = memory;
  }

  /**
   * The checked picture as a row-major [1, 3, height, width] tensor. Transparent parts show white. Pixels are those of Pillow's
   * `resize` to the last bit. Throws `too-large` where the engine has no memory for the tables: they grow with the sides of the
   * picture and the area of the input, not with the area of the picture.
   */
  run(picture: Picture, spec: Preprocessing, fit: Fit): Float32Array {
    const [height, width] = spec.size;
    const { part } = fit;
    const shown = windowOf(fit, { width, height });
    const columns = tapsOf(spec.resize, {
      inputSize: picture.width,
      from: part.left,
      to: part.right,
      size: fit.width,
      first: shown.left,
      count: shown.width,
    });
    const rows = tapsOf(spec.resize, {
      inputSize: picture.height,
      from: part.top,
      to: part.bottom,
      size: fit.height,
      first: shown.top,
      count: shown.height,
    });
    const stripRow = 4 * picture.width;
    const narrowRow = 16 * Math.ceil(shown.width / 4);
    const stripRows = Math.max(1, Math.min(picture.height, Math.floor(STRIP_BYTES / Math.max(stripRow, narrowRow))));

    let end = 0;
    const place = (bytes: number): number => {
      const address = end;
      end += 16 * Math.ceil(bytes / 16);
      return address;
    };
    const at = {
      record: place(4 * abi.PICTURE_WORDS),
      columns: place(columns.words.byteLength),
      rows: place(rows.words.byteLength),
      levels: place(4 * 3 * 256),
      strip: place(stripRows * stripRow),
      narrow: place(stripRows * narrowRow),
      sums: place(4 * narrowRow * shown.height),
      tensor: place(4 * 3 * width * height),
    };
    this.#reserve(end);

    const { buffer } = this.#memory;
    const levels = new Float32Array(buffer, at.levels, 3 * 256);
    const tensor = new Float32Array(buffer, at.tensor, 3 * width * height);
    const record = new Uint32Array(buffer, at.record, abi.PICTURE_WORDS);
    new Int32Array(buffer, at.columns).set(columns.words);
    new Int32Array(buffer, at.rows).set(rows.words);
    new Uint8Array(buffer, at.sums, 4 * narrowRow * shown.height).fill(0);
    record[abi.PICTURE_STRIP] = at.strip;
    record[abi.PICTURE_STRIP_ROW] = stripRow;
    record[abi.PICTURE_COLUMNS] = at.columns;
    record[abi.PICTURE_ROWS] = at.rows;
    record[abi.PICTURE_WIDTH] = shown.width;
    record[abi.PICTURE_NARROW] = at.narrow;
    record[abi.PICTURE_NARROW_ROW] = narrowRow;
    record[abi.PICTURE_SUMS] = at.sums;
    record[abi.PICTURE_LEVELS] = at.levels;
    record[abi.PICTURE_PLANE_ROW] = 4 * width;
    for (let plane = 0; plane < 3; plane++) {
      const channel = spec.colorOrder === 'RGB' ? plane : 2 - plane;
      const table = levels.subarray(256 * channel, 256 * (channel + 1));
      table.forEach((_, level) => {
        table[level] = (level / 255 - spec.mean[plane]!) / spec.std[plane]!;
      });
      const area = tensor.subarray(plane * width * height, (plane + 1) * width * height);
      if (shown.width < width || shown.height < height) area.fill(table[spec.fill![channel]!]!);
      record[abi.PICTURE_PLANES + channel] = area.byteOffset + 4 * (Math.max(0, fit.top) * width + Math.max(0, fit.left));
    }

    this.#weigh(picture, rows, stripRows, record);
    this.#kernels.u8_normalise(at.record, 0, shown.height);
    return tensor.slice();
  }

  /** Takes the rows of the picture that are needed through the two passes, a strip at a time. */
  #weigh(picture: Picture, rows: Taps, stripRows: number, record: Uint32Array): void {
    const strip = new Uint8Array(record.buffer, record[abi.PICTURE_STRIP]);
    const { width, data } = picture;
    const last = rows.end(rows.count - 1);
    let [begin, end] = [0, 0];
    for (let first = rows.start(0); first < last; first += stripRows) {
      const count = Math.min(stripRows, last - first);
      strip.set(data.subarray(4 * width * first, 4 * width * (first + count)));
      record[abi.PICTURE_STRIP_FIRST] = first;
      record[abi.PICTURE_STRIP_ROWS] = count;
      this.#kernels.u8_over_white(record.byteOffset, 0, Math.ceil((width * count) / 4));
      this.#kernels.u8_resize_columns(record.byteOffset, 0, count);
      while (rows.end(begin) <= first) begin++;
      while (end < rows.count && rows.start(end) < first + count) end++;
      this.#kernels.u8_resize_rows(record.byteOffset, begin, end);
    }
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new HetConvError('too-large', `no memory to prepare the picture: the runtime refused ${bytes} bytes`, { cause });
    }
  }
}
