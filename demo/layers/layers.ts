// The section of layers: the model in use, measured layer by layer.
import { plain } from '../../src/bench/report/figure.js';
import { profileFigures } from '../../src/bench/report/profileFigures.js';
import { JobControl } from '../measure/jobControl.js';
import type { Timing } from '../measure/protocol.js';
import type { ModelSource } from '../model/modelControl.js';
import { byId } from '../page/dom.js';
import { environment } from '../page/environment.js';
import { showFigures } from '../page/figures.js';
import { milliseconds } from '../page/format.js';

const TIMING: Timing = { rounds: 7, runs: 1, warmUpMs: 100 };

const run = byId('profile-run', HTMLButtonElement);
const words = byId('profile-words', HTMLElement);
const figures = byId('profile-figures', HTMLElement);

export class Layers {
  readonly #control = new JobControl(
    {
      run,
      stop: byId('profile-stop', HTMLButtonElement),
      place: byId('profile-job', HTMLElement),
      problem: byId('profile-problem', HTMLElement),
    },
    'Measuring the layers',
  );
  #model: string | Blob | undefined;

  constructor() {
    run.disabled = true;
    run.addEventListener('click', () => void this.#measure());
  }

  use(source: ModelSource): void {
    this.#control.stop();
    // Of a worker's addresses the base is its script.
    this.#model = typeof source === 'string' ? new URL(source, document.baseURI).href : source;
    run.disabled = false;
    words.textContent = '';
    showFigures(figures, []);
  }

  async #measure(): Promise<void> {
    const record = await this.#control.start({
      kind: 'profile',
      model: this.#model!,
      environment: environment(),
      timing: TIMING,
    });
    if (!record) return;
    const { latency, total, ceilings, layers, variant } = record;
    const slowest = layers.reduce((one, other) => (other.latency.medianMs > one.latency.medianMs ? other : one));
    const gflops = (2 * total.macs) / latency.medianMs / 1e6;
    words.textContent =
      `A run takes ${milliseconds(latency.medianMs)} in the worker itself: ${plain(gflops)} GFLOP/s of the ${plain(ceilings.gflops)} that one core reaches ` +
      `on registers alone (binary ${variant}). ${slowest.name || 'Moving inputs and outputs'} takes longest, ${(100 * slowest.share).toFixed(0)} % of the time.`;
    showFigures(figures, profileFigures(record));
  }
}
