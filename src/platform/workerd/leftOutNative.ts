// What stands in hetconv/workerd/native, beyond leftOut.ts, for what that leaves out: the same names, and why not.
import { HetConvError } from '../../graph/error.js';

function leftOut(why: string): () => never {
  return () => {
    throw new HetConvError('unsupported-platform', `hetconv/workerd/native ${why}, or import hetconv/workerd`);
  };
}

const onlyNative = leftOut("reads files that hetconv wrote only: 'hetconv convert' makes one of the model");

export const onnx = { read: onlyNative };
export const canonicalise = onlyNative;
export const decodePicture = leftOut('decodes no pictures: give {width, height, data} of RGBA');
export const checkTuning = leftOut('does not tune: load the model without the option tune');
export const measureRows = checkTuning;

const onlyRelaxed = leftOut('has the relaxed binary alone, which every workerd runs: load the model without the option variant');
export const binaries = { relaxed: () => import('./relaxed.wasm'), simd: onlyRelaxed };
