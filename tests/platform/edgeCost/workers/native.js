// What hetconv/workerd/native does and refuses: results, or the codes and messages of errors.
import { HetConvError, loadModel } from 'hetconv/workerd/native';

export default {
  async fetch(_, { ASSETS }) {
    const bytes = async (name) => new Uint8Array(await (await ASSETS.fetch(`http://assets/${name}`)).arrayBuffer());
    const told = async (work) => {
      try {
        return await work();
      } catch (error) {
        return error instanceof HetConvError ? `${error.code}: ${error.message}` : String(error);
      }
    };
    const model = await loadModel(await bytes('model.safetensors'));
    const picture = { width: 32, height: 32, data: new Uint8Array(4096).fill(200) };
    const native = await bytes('small.safetensors');
    return Response.json({
      classes: await told(async () => (await model.classify(picture)).length),
      onnx: await told(async () => loadModel(await bytes('small.onnx'))),
      weights: await told(() => loadModel(Uint8Array.of(0x50, 0x4b, 3, 4))),
      notConverted: await told(async () => loadModel(await bytes('bare.safetensors'))),
      encoded: await told(() => model.classify(native)),
      worker: await told(() => loadModel(native, { worker: true })),
      tune: await told(() => loadModel(native, { tune: true })),
      simd: await told(() => loadModel(native, { variant: 'simd' })),
    });
  },
};
