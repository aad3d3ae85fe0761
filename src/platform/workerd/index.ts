// The entry of workerd, the runtime of Cloudflare Workers. A script there is evaluated before its first request may come, so that this
// evaluates next to nothing; it is all in one bundle, so that the rest is at hand.
import type { LoadModel } from '../../index.js';

export { HetConvError } from '../../graph/error.js';
export type * from '../../index.js';

/** Loads a model: an absolute URL, a Response, or the bytes. `.safetensors` (native) or `.onnx`. */
export const loadModel: LoadModel = async (source, options) => (await import('./loadModel.js')).loadModel(source, options);
