// Names what a file is that no format recognises, so that the error can tell the user what to do.
import { HetConvError } from '../graph/error.js';

/** Leading bytes as text ('\x89PNG'), from `offset`; the phrase completes "this is …". */
const KINDS: readonly { magic: string; offset?: number; phrase: string }[] = [
  { magic: '\x80\x04', phrase: 'a Python pickle (export the model to ONNX from Python)' },
  { magic: 'TFL3', offset: 4, phrase: 'a TensorFlow Lite model (convert it to ONNX, for example with tf2onnx)' },
  { magic: '\x89HDF', phrase: 'an HDF5 file (a Keras model? convert it to ONNX, for example with tf2onnx)' },
  { magic: 'GGUF', phrase: 'a GGUF language model, which is no convolutional network' },
  { magic: 'version https://git-lfs', phrase: 'a Git LFS pointer, not the file itself (run "git lfs pull")' },
  { magic: '\x93NUMPY', phrase: 'a NumPy array, which is input rather than a model' },
  { magic: '\x89PNG', phrase: 'a PNG picture, not a model' },
  { magic: '\xff\xd8\xff', phrase: 'a JPEG picture, not a model' },
  { magic: 'WEBP', offset: 8, phrase: 'a WebP picture, not a model' },
  { magic: 'GIF8', phrase: 'a GIF picture, not a model' },
  { magic: '\x1f\x8b', phrase: 'a gzip archive (unpack it first)' },
  { magic: '\x00asm', phrase: 'a WebAssembly module, not a model' },
  { magic: '%PDF', phrase: 'a PDF document, not a model' },
  { magic: '<', phrase: 'an HTML or XML page (a wrong address, or a download that needs a login?)' },
  { magic: '{', phrase: 'JSON text without weights' },
];

export function unknownFile(bytes: Uint8Array): HetConvError {
  return new HetConvError(
    'bad-file',
    `this is ${describeBytes(bytes)}; a hetconv model (.safetensors) or an .onnx file is needed`,
  );
}

export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const text = start.replace(/^\xef\xbb\xbf/, '').trimStart();
  const known = KINDS.find(({ magic, offset }) => (offset === undefined ? text : start).startsWith(magic, offset ?? 0));
  if (known) return known.phrase;
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `a file of ${bytes.length} bytes in an unknown format (first bytes ${first})`;
}
