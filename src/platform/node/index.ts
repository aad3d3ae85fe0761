// The entry of Node 20 and newer, Deno and Bun.
import { bindLoadModel } from '../../index.js';
import { host } from './host.js';

export * from '../../index.js';

/** Loads a model: a path, an http(s) or file URL, a Response, or the bytes. `.safetensors` (native) or `.onnx`. */
export const loadModel = bindLoadModel(host);
