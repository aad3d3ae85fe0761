// How fast the recent looks were.
import { median } from '../../src/bench/statistics.js';
import type { Variant } from '../../src/platform/browser/index.js';
import { byId, describe } from '../page/dom.js';
import { megabytes, milliseconds, perSecond } from '../page/format.js';

/** Runs and frames that count as recent. */
const RECENT = 50;
const FRAMES_MS = 2000;

const VARIANTS: Record<Variant, string> = { simd: 'SIMD', relaxed: 'relaxed SIMD' };

const list = byId('metrics', HTMLElement);
const note = byId('metrics-note', HTMLElement);

export class Speed {
  readonly #variant: Variant;
  readonly #memoryBytes: number;
  readonly #runs: number[] = [];
  readonly #preparations: number[] = [];
  readonly #frames: number[] = [];

  constructor(variant: Variant, memoryBytes: number) {
    this.#variant = variant;
    this.#memoryBytes = memoryBytes;
  }

  ran(ms: number): void {
    push(this.#runs, ms);
  }

  prepared(ms: number): void {
    push(this.#preparations, ms);
  }

  /** A frame of the camera was looked at. */
  frame(): void {
    this.#frames.push(performance.now());
  }

  /** Another kind of picture takes another time to prepare. */
  forgetPictures(): void {
    this.#preparations.length = 0;
    this.#frames.length = 0;
  }

  show(): void {
    const network = this.#runs.length > 0 ? median(this.#runs) : undefined;
    const picture = this.#preparations.length > 0 ? median(this.#preparations) : undefined;
    describe(list, [
      ['Network', network === undefined ? '–' : milliseconds(network)],
      ['Picture', picture === undefined ? '–' : milliseconds(picture)],
      [this.#frames.length > 0 ? 'Frames a second' : 'Runs a second', this.#rate(network)],
      ['Binary', VARIANTS[this.#variant]],
      ['Memory', megabytes(this.#memoryBytes)],
    ]);
    const runs = this.#runs.length;
    note.textContent =
      runs === 0
        ? ''
        : `Medians of the last ${runs === 1 ? 'run' : `${runs} runs`}, from this page to the model’s worker and back. Picture: decoded, resized, normalised.`;
  }

  #rate(network: number | undefined): string {
    const now = performance.now();
    while (this.#frames.length > 0 && now - this.#frames[0]! > FRAMES_MS) this.#frames.shift();
    const [first] = this.#frames;
    if (first !== undefined && this.#frames.length > 1)
      return perSecond((1000 * (this.#frames.length - 1)) / (this.#frames.at(-1)! - first));
    return network === undefined ? '–' : perSecond(1000 / network);
  }
}

function push(times: number[], ms: number): void {
  times.push(ms);
  if (times.length > RECENT) times.shift();
}
