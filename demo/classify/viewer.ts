// Shows a picture, or what the camera sees, and what the model takes it for.
import { HetConvError, type Model, type PictureSource } from '../../src/platform/browser/index.js';
import { byId } from '../page/dom.js';
import { percent } from '../page/format.js';
import { hideProblem, showProblem } from '../page/problem.js';
import { type Camera, startCamera } from './camera.js';
import { showClasses } from './classList.js';
import { lookAt, timedRun } from './look.js';
import { hideNetworkView, showNetworkView } from './networkView.js';
import { Speed } from './speed.js';

const frame = byId('frame', HTMLElement);
const image = byId('picture', HTMLImageElement);
const video = byId('video', HTMLVideoElement);
const hint = byId('hint', HTMLElement);
const cameraButton = byId('camera', HTMLButtonElement);
const announcement = byId('announcement', HTMLElement);
const problem = byId('classify-problem', HTMLElement);

/** A still picture is run so often, or for so long, that the median says something. */
const STILL_RUNS = 30;
const STILL_MS = 1000;

interface Still {
  readonly blob: Blob;
  readonly name: string;
}

export class Viewer {
  #model: Model | undefined;
  #speed: Speed | undefined;
  #still: Still | undefined;
  #camera: Camera | undefined;
  /** Counts what was shown: older looks have nothing to say any more. */
  #turn = 0;

  constructor() {
    cameraButton.addEventListener('click', () => void (this.#camera ? this.#stopCamera() : this.#startCamera()));
    image.addEventListener('error', () => reveal(hint));
    // Nobody looks: nothing to compute, and the camera's light goes out.
    document.addEventListener('visibilitychange', () => document.hidden && this.#stopCamera());
  }

  /** What is shown is looked at again by the new model. */
  async use(model: Model): Promise<void> {
    this.#model = model;
    this.#speed = new Speed(model.variant, model.describe().memory.total);
    this.#speed.show();
    showClasses([]);
    if (!this.#camera && this.#still) await this.#lookAtStill(this.#still);
  }

  /** Settles when it was classified and timed, or something newer is shown. */
  async show(still: Still): Promise<void> {
    this.#stopCamera();
    this.#still = still;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(still.blob);
    image.alt = still.name;
    reveal(image);
    await this.#lookAtStill(still);
  }

  async #lookAtStill({ blob, name }: Still): Promise<void> {
    const model = this.#model;
    const speed = this.#speed;
    if (!model || !speed) return;
    const turn = ++this.#turn;
    hideProblem(problem);
    speed.forgetPictures();
    frame.ariaBusy = 'true';
    try {
      const { classes, tensor, prepareMs, runMs } = await this.#lookAtBlob(model, blob);
      if (turn !== this.#turn) return;
      showNetworkView(model, tensor);
      speed.ran(runMs);
      showClasses(classes);
      speed.prepared(prepareMs);
      speed.show();
      const [best, second] = classes;
      announcement.textContent = `${name}: ${best!.label}, ${percent(best!.probability)}; then ${second!.label}, ${percent(second!.probability)}.`;
      const again = await this.#lookAtBlob(model, blob);
      if (turn !== this.#turn) return;
      // The first one waited for the decoder to be loaded.
      speed.forgetPictures();
      speed.prepared(again.prepareMs);
      speed.ran(again.runMs);
      const end = performance.now() + STILL_MS;
      for (let left = STILL_RUNS; left > 0 && performance.now() < end; left--) {
        const { ms } = await timedRun(model, tensor);
        if (turn !== this.#turn) return;
        speed.ran(ms);
      }
      speed.show();
    } catch (error) {
      if (turn === this.#turn) this.#fail(`“${name}” could not be classified`, error);
    } finally {
      if (turn === this.#turn) frame.ariaBusy = 'false';
    }
  }

  /** The library decodes JPEG, PNG and WebP; what else this browser can show, it can read too. */
  async #lookAtBlob(model: Model, blob: Blob) {
    try {
      return await lookAt(model, blob);
    } catch (error) {
      if (!(error instanceof HetConvError) || error.code !== 'bad-image') throw error;
      await image.decode().catch(() => {
        throw error;
      });
      return lookAt(model, image as PictureSource);
    }
  }

  async #startCamera(): Promise<void> {
    hideProblem(problem);
    cameraButton.disabled = true;
    try {
      const camera = await startCamera();
      this.#camera = camera;
      this.#turn++;
      cameraButton.ariaPressed = 'true';
      reveal(video);
      announcement.textContent = 'The camera is on.';
      this.#speed?.forgetPictures();
      void this.#watch(camera);
    } catch (error) {
      this.#fail('There is no camera', error);
    } finally {
      cameraButton.disabled = false;
    }
  }

  async #watch(camera: Camera): Promise<void> {
    let said = '';
    try {
      await camera.frames(async (live) => {
        const model = this.#model;
        const speed = this.#speed;
        if (!model || !speed) return;
        const { classes, tensor, prepareMs, runMs } = await lookAt(model, live);
        if (camera !== this.#camera || speed !== this.#speed) return;
        speed.prepared(prepareMs);
        speed.ran(runMs);
        speed.frame();
        speed.show();
        showNetworkView(model, tensor);
        showClasses(classes);
        const [best] = classes;
        if (best!.label === said || best!.probability < 0.5) return;
        said = best!.label;
        announcement.textContent = said;
      });
    } catch (error) {
      if (camera === this.#camera) this.#fail('The camera’s picture could not be classified', error);
    }
    if (camera === this.#camera) this.#stopCamera();
  }

  #stopCamera(): void {
    if (!this.#camera) return;
    this.#camera.stop();
    this.#camera = undefined;
    cameraButton.ariaPressed = 'false';
    announcement.textContent = 'The camera is off.';
    reveal(this.#still ? image : hint);
  }

  #fail(context: string, error: unknown): void {
    showClasses([]);
    hideNetworkView();
    this.#speed?.show();
    showProblem(problem, context, error);
  }
}

/** One of what the frame can hold. */
function reveal(shown: HTMLElement): void {
  for (const content of [image, video, hint]) content.hidden = content !== shown;
}
