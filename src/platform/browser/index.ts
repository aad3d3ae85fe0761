// The entry of browsers: pages and workers, with a bundler or without.
import { bindLoadModel } from '../../index.js';
import { host } from './host.js';

export * from '../../index.js';
export type { PagePicture } from '../pixels.js';

/** Loads a model: a URL (relative to the page or worker), a Response, or the bytes. `.safetensors` (native) or `.onnx`. */
export const loadModel = bindLoadModel(host);
