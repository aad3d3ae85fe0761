// Who is timed, by name. Each module has `load(model, options)`: `model` is `{ bytes: { onnx, tflite }, input: { name, shape, data },
// output: { name, shape } }` with shapes in NCHW, `options` say where the project is (`base`, a URL), how many `threads`, and what
// only one of them knows. It gives `run()`, which puts the input in, runs and reads the output back; `output()`, the last one in NCHW; and
// `free()`.

export const contestants = {
  hetconv: () => import('./hetconv.mjs'),
  'LiteRT.js': () => import('./liteRt.mjs'),
  'onnxruntime-web': () => import('./onnxruntimeWeb.mjs'),
  'tfjs-wasm': () => import('./tfjs.mjs'),
};
