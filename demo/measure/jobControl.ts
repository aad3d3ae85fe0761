// A measurement as its user sees it: a button that starts it, one that stops it, how far it is, and what went wrong.
import { element } from '../page/dom.js';
import { seconds } from '../page/format.js';
import { hideProblem, showProblem } from '../page/problem.js';
import { type MeasureOptions, measure } from './measure.js';
import type { Job, Results } from './protocol.js';

interface Parts {
  readonly run: HTMLButtonElement;
  readonly stop: HTMLButtonElement;
  /** Where the progress is shown. */
  readonly place: HTMLElement;
  readonly problem: HTMLElement;
}

export class JobControl {
  readonly #parts: Parts;
  readonly #bar = element('progress', { max: 1 });
  readonly #words = element('p', { className: 'quiet' });
  /** What screen readers are told: not every step. */
  readonly #announcement = element('p', { className: 'unseen', role: 'status' });
  #running: AbortController | undefined;

  constructor(parts: Parts, label: string) {
    this.#parts = parts;
    this.#bar.ariaLabel = label;
    parts.place.append(this.#bar, this.#words);
    parts.place.after(this.#announcement);
    parts.stop.addEventListener('click', () => this.#running?.abort());
  }

  /** One at a time: what still runs is stopped. Undefined where it was stopped or failed, which is shown. */
  async start<J extends Job>(job: J, onPoints?: MeasureOptions['onPoints']): Promise<Results[J['kind']] | undefined> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    hideProblem(this.#parts.problem);
    this.#show('Loading and warming up…', undefined);
    this.#announcement.textContent = 'Measuring.';
    this.#toggle(true);
    try {
      const result = await measure(job, {
        signal: running.signal,
        onPoints,
        onProgress: ({ done, secondsLeft }) =>
          this.#show(`Measuring: ${Math.round(100 * done)} %, about ${seconds(secondsLeft)} left`, done),
      });
      this.#announcement.textContent = 'Measured.';
      return result;
    } catch (error) {
      if (running.signal.aborted) this.#announcement.textContent = 'Stopped.';
      else showProblem(this.#parts.problem, 'This could not be measured', error);
      return undefined;
    } finally {
      if (this.#running === running) this.#toggle(false);
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  #show(words: string, share: number | undefined): void {
    this.#words.textContent = words;
    if (share === undefined) this.#bar.removeAttribute('value');
    else this.#bar.value = share;
  }

  /** The focus stays on what stands in the place of the button that had it. */
  #toggle(running: boolean): void {
    const { run, stop, place } = this.#parts;
    const focused = document.activeElement === run || document.activeElement === stop;
    place.hidden = !running;
    stop.hidden = !running;
    run.hidden = running;
    if (focused) (running ? stop : run).focus();
  }
}
