// This package, by its public entry: what its importer makes of the ONNX file is part of what is timed.
import { loadModel } from 'hetconv';

export async function load({ bytes, input, output }, { accuracy = 'standard' }) {
  const model = await loadModel(bytes.onnx, { accuracy });
  const inputs = { [input.name]: input.data };
  let result;
  return {
    async run() {
      result = (await model.run(inputs))[output.name];
    },
    output: () => result.data,
    free: () => model.dispose(),
  };
}
