// The entry of workerd, the runtime of Cloudflare Workers.
import { bindLoadModel } from '../../index.js';
import { host } from './host.js';

export * from '../../index.js';

/** Loads a model: an absolute URL, a Response, or the bytes. `.safetensors` (native) or `.onnx`. */
export const loadModel = bindLoadModel(host);
