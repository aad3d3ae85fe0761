// Who is timed, by name. Each module has `load(model, options)`: `model` is `{ bytes: { onnx, tflite }, input: { name, shape, data },
// output: { name, shape } }` with shapes in NCHW, `options` may say `threads` and what only one of them knows. It gives `run()`, which
// puts the input in, runs and reads the output back; `output()`, the last one in NCHW; and `free()`.

export const contestants = {
  hetconv: { load: () => import('./hetconv.mjs'), format: 'onnx' },
  'LiteRT.js': { load: () => import('./liteRt.mjs'), format: 'tflite' },
  'onnxruntime-web': { load: () => import('./onnxruntimeWeb.mjs'), format: 'onnx' },
  'tfjs-wasm': { load: () => import('./tfjs.mjs'), format: 'onnx' },
};
