// The model: read from the assets by the first request of an isolate, kept for all later ones.
import { loadModel, type Model } from 'hetconv';
import { Refusal } from './refusal.js';

/** A picture takes up to 40 bytes a pixel while it is decoded, until its garbage is collected, and an isolate has 128 MB. */
export const MAX_PIXELS = 2 ** 20;

/** 'direct' packs a third less of weights, in as much less time: what counts where isolates are small and start often. */
const OPTIONS = { accuracy: 'direct', maxPixels: MAX_PIXELS } as const;

let loading: Promise<Model> | undefined;

/** Requests that come while the model loads share the load; if it fails, the next one tries again. */
export function modelOf(assets: Fetcher): Promise<Model> {
  loading ??= load(assets).catch((cause) => {
    loading = undefined;
    console.error(cause);
    throw new Refusal(500, cause.code ?? 'bad-file', 'the model cannot be loaded; the log of the worker says why');
  });
  return loading;
}

async function load(assets: Fetcher): Promise<Model> {
  // The host is nobody's: the binding looks at the path alone.
  const response = await assets.fetch('https://assets.local/model.safetensors');
  // Of a failure loadModel knows what to say.
  if (!response.ok) return loadModel(response, OPTIONS);
  const file = await bytesOf(response);
  const model = await loadModel(file, OPTIONS);
  // Its weights are packed: the file need not wait for the collector.
  file.buffer.transfer(0);
  return model;
}

/** workerd has all of the bytes twice for a moment where it makes the buffer itself. */
async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(response.headers.get('content-length'));
  if (!length || !response.body) return new Uint8Array(await response.arrayBuffer());
  const { value } = await response.body.getReader({ mode: 'byob' }).readAtLeast(length, new Uint8Array(length));
  return value ?? new Uint8Array();
}
