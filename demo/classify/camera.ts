// The camera: frame after frame while it is on.
import { HetConvError } from '../../src/platform/browser/index.js';
import { byId } from '../page/dom.js';

const video = byId('video', HTMLVideoElement);

const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError: 'the browser was told not to allow it; allow the camera for this page, then try again',
  NotFoundError: 'none was found; connect one, or choose a picture',
  NotReadableError: 'another program uses it; close that, then try again',
};

/** Throws HetConvError that says why there is none. */
export async function startCamera(): Promise<Camera> {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new HetConvError('unsupported-platform', 'pages have a camera on https and localhost only; choose a picture instead');
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 480 } },
    });
    video.srcObject = stream;
    await video.play();
    return new Camera(stream);
  } catch (cause) {
    const { name, message } = cause as Error;
    throw new HetConvError('unsupported-platform', REASONS[name] ?? message, { cause });
  }
}

export class Camera {
  readonly #stream: MediaStream;
  #on = true;

  constructor(stream: MediaStream) {
    this.#stream = stream;
  }

  /** Calls back with each new frame that comes when the last was dealt with, until the camera is stopped, here or by its user. */
  async frames(take: (video: HTMLVideoElement) => Promise<void>): Promise<void> {
    const [track] = this.#stream.getVideoTracks();
    track!.addEventListener('ended', () => this.stop());
    while (this.#on) {
      await nextFrame();
      if (this.#on) await take(video);
    }
  }

  stop(): void {
    this.#on = false;
    for (const track of this.#stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

/** Or a moment later, where the camera delivers none any more. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
    else requestAnimationFrame(() => resolve());
    setTimeout(resolve, 500);
  });
}
