// The model: read from the assets by the first request of an isolate, kept for all later ones.
import { loadModel, type Model } from 'hetconv';
import { Refusal } from './refusal.js';

/** 1920 × 1080 and some more: a picture takes about 15 bytes a pixel while it is decoded, and an isolate has 128 MB. */
export const MAX_PIXELS = 2 ** 21;

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
  return loadModel(await assets.fetch('https://assets.local/model.safetensors'), { maxPixels: MAX_PIXELS });
}
