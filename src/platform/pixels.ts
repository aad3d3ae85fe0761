// Pictures that only pages and their workers have, drawn into a canvas and read: what the page would show of them, in sRGB.
import { HetConvError, type Picture } from '../index.js';

export type PagePicture = HTMLImageElement | HTMLVideoElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | VideoFrame;

declare module '../runtime/host.js' {
  interface PlatformPictures {
    page: PagePicture;
  }
}

interface Drawable {
  readonly width: number;
  readonly height: number;
  /** Why it has no pixels, where it has none. */
  readonly lack: string;
  draw(context: Context, left: number, top: number): void;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Pixels of a side of the canvas: every browser has room for its area. */
const MOST = 4096;

/**
 * Alpha is not premultiplied, as far as a canvas keeps it; pictures are upright as the browser shows them. Throws `bad-image` where
 * there are no pixels yet, or none any more, or where they are of another origin, and `too-large`.
 */
export function pixelsOf(source: unknown): Picture | undefined {
  // By their tags, for those of another document are of other classes.
  const tag = Object.prototype.toString.call(source).slice('[object '.length, -1);
  const drawable = Object.hasOwn(KINDS, tag) ? KINDS[tag as keyof typeof KINDS](source as never) : undefined;
  if (!drawable) return undefined;
  const { width, height, lack } = drawable;
  if (!(width > 0 && height > 0)) throw new HetConvError('bad-image', `the ${tag} has no pixels: ${lack}`);
  const canvas = canvasOf(Math.min(width, MOST), Math.min(height, MOST));
  try {
    return read(drawable, contextOf(canvas));
  } catch (cause) {
    throw cause instanceof HetConvError ? cause : failure(tag, cause as Error);
  } finally {
    // Some browsers keep a canvas's memory until it is collected, and refuse new ones before.
    canvas.width = 0;
    canvas.height = 0;
  }
}

const KINDS = {
  HTMLImageElement: (image: HTMLImageElement) => ({
    width: image.complete ? image.naturalWidth : 0,
    height: image.naturalHeight,
    lack: image.complete
      ? `"${image.currentSrc.slice(0, 200)}" could not be loaded, or has no size of its own`
      : 'it is still loading; await its decode() first',
    draw: draws(image),
  }),
  HTMLVideoElement: (video: HTMLVideoElement) => ({
    width: video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? video.videoWidth : 0,
    height: video.videoHeight,
    lack: 'no frame has arrived; wait for its event "loadeddata"',
    draw: draws(video),
  }),
  HTMLCanvasElement: canvasKind,
  OffscreenCanvas: canvasKind,
  ImageBitmap: (bitmap: ImageBitmap) => ({
    width: bitmap.width,
    height: bitmap.height,
    lack: 'it was closed or transferred',
    draw: draws(bitmap),
  }),
  VideoFrame: (frame: VideoFrame) => ({
    width: frame.displayWidth,
    height: frame.displayHeight,
    lack: 'it was closed or transferred',
    draw: draws(frame),
  }),
  /** Only what is not as the core takes it: colours of another space, which not every browser can name, or samples of more than 8 bits. */
  ImageData: (picture: ImageData) =>
    (picture.colorSpace ?? 'srgb') === 'srgb' && (picture.data as unknown) instanceof Uint8ClampedArray
      ? undefined
      : {
          width: picture.width,
          height: picture.height,
          lack: 'its data was transferred',
          draw: (context: Context, left: number, top: number) => context.putImageData(picture, -left, -top),
        },
} satisfies Record<string, (source: never) => Drawable | undefined>;

function canvasKind(canvas: HTMLCanvasElement | OffscreenCanvas): Drawable {
  return { width: canvas.width, height: canvas.height, lack: 'its width or height is 0', draw: draws(canvas) };
}

function draws(image: CanvasImageSource): Drawable['draw'] {
  return (context, left, top) => context.drawImage(image, -left, -top);
}

function canvasOf(width: number, height: number): HTMLCanvasElement | OffscreenCanvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

function contextOf(canvas: HTMLCanvasElement | OffscreenCanvas): Context {
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' }) as Context | null;
  if (context) return context;
  throw new HetConvError('too-large', `no memory for a canvas of ${canvas.width} × ${canvas.height} to read the picture from`);
}

/** The picture, in pieces as large as the context's canvas. */
function read({ width, height, draw }: Drawable, context: Context): Picture {
  const piece = (left: number, top: number) => {
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    draw(context, left, top);
    return context.getImageData(0, 0, Math.min(width - left, MOST), Math.min(height - top, MOST), { colorSpace: 'srgb' });
  };
  if (width <= MOST && height <= MOST) return piece(0, 0);
  const data = new Uint8Array(4 * width * height);
  for (let top = 0; top < height; top += MOST) {
    for (let left = 0; left < width; left += MOST) {
      const part = piece(left, top);
      for (let y = 0; y < part.height; y++) {
        data.set(part.data.subarray(4 * y * part.width, 4 * (y + 1) * part.width), 4 * ((top + y) * width + left));
      }
    }
  }
  return { width, height, data };
}

function failure(tag: string, cause: Error): HetConvError {
  if (cause.name === 'SecurityError') {
    const cure = 'let it be served with CORS headers and set crossOrigin = "anonymous", or fetch its bytes and give those';
    return new HetConvError(
      'bad-image',
      `the browser keeps the pixels of the ${tag} back, for they are of another origin; ${cure}`,
      {
        cause,
      },
    );
  }
  if (cause instanceof RangeError) return new HetConvError('too-large', `no memory for the pixels of the ${tag}`, { cause });
  return new HetConvError('bad-image', `the pixels of the ${tag} cannot be read: ${cause.message}`, { cause });
}
