// Which model is in use: the bundled one, or a file of the user's. One that cannot be loaded leaves the last in place.
import { loadModel, type Model } from '../../src/platform/browser/index.js';
import { byId } from '../page/dom.js';
import { megabytes } from '../page/format.js';
import { hideProblem, showProblem } from '../page/problem.js';

export const BUNDLED = { name: 'VGG-16 HetConv P4', url: 'model.safetensors' } as const;

/** Its place: an address, or the file itself. */
export type ModelSource = string | File;

export interface LoadedModel {
  readonly model: Model;
  readonly name: string;
  readonly source: ModelSource;
  readonly bytes: number;
}

const nameField = byId('model-name', HTMLElement);
const state = byId('model-state', HTMLElement);
const bar = byId('model-progress', HTMLProgressElement);
const back = byId('model-bundled', HTMLButtonElement);
const problem = byId('classify-problem', HTMLElement);

export class ModelControl {
  readonly #use: (loaded: LoadedModel) => void;
  #loaded: LoadedModel | undefined;
  #loading: AbortController | undefined;

  /** `use` is told of each model that is ready; the one before is disposed then. */
  constructor(use: (loaded: LoadedModel) => void) {
    this.#use = use;
    back.addEventListener('click', () => void this.load(BUNDLED.url));
  }

  async load(source: ModelSource): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    hideProblem(problem);
    const name = typeof source === 'string' ? BUNDLED.name : source.name;
    showLoading(name);
    let bytes = 0;
    const { signal } = loading;
    const onProgress = (loaded: number, total: number | undefined): void => {
      bytes = loaded;
      if (!signal.aborted) showProgress(loaded, total);
    };
    try {
      const given =
        typeof source === 'string' ? source : new Response(source, { headers: { 'content-length': String(source.size) } });
      const model = await loadModel(given, { worker: true, warmup: true, signal, onProgress });
      if (signal.aborted) return model.dispose();
      this.#loaded?.model.dispose();
      this.#loaded = { model, name, source, bytes };
      this.#settle(this.#loaded);
      this.#use(this.#loaded);
    } catch (error) {
      if (signal.aborted) return;
      showProblem(problem, `“${name}” could not be loaded`, error);
      this.#settle(this.#loaded);
    }
  }

  #settle(loaded: LoadedModel | undefined): void {
    bar.hidden = true;
    nameField.textContent = loaded?.name ?? BUNDLED.name;
    state.textContent = loaded ? `${megabytes(loaded.bytes)}, ready` : 'not loaded';
    back.hidden = loaded?.source === BUNDLED.url;
    back.textContent = loaded ? 'Back to VGG-16' : 'Load VGG-16';
  }
}

function showLoading(name: string): void {
  nameField.textContent = name;
  state.textContent = 'loading';
  bar.hidden = false;
  bar.removeAttribute('value');
}

function showProgress(loaded: number, total: number | undefined): void {
  if (total === undefined) {
    state.textContent = megabytes(loaded);
    return;
  }
  bar.value = loaded / total;
  state.textContent = loaded < total ? `${megabytes(loaded)} of ${megabytes(total)}` : `${megabytes(total)}, planning its memory`;
}
