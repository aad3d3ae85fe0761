// The same work by onnxruntime-web. By itself it compiles its wasm from bytes, which workerd forbids: it is given the module that the bundle has.

import module from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import * as ort from 'onnxruntime-web/wasm';

const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (_, imports) => ({ module, instance: await instantiate(module, imports) });
Object.assign(ort.env.wasm, { numThreads: 1, wasmBinary: new Uint8Array(8), wasmPaths: { wasm: 'http://nowhere/' } });

let session;

export default {
  async fetch({ method }, { ASSETS }) {
    if (method === 'GET') return new Response('ready');
    session ??= await ort.InferenceSession.create(
      new Uint8Array(await (await ASSETS.fetch('http://assets/small.onnx')).arrayBuffer()),
    );
    const data = new Float32Array(3 * 32 * 32).fill(0.5);
    const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', data, [1, 3, 32, 32]) });
    return Response.json([...outputs[session.outputNames[0]].data]);
  },
};
