// A worker of a loadModel. GET: a sign that it runs. POST: one inference of the small network; the first one loads it.
export function workerOf(loadModel) {
  let model;
  return {
    async fetch({ method }, { ASSETS }) {
      if (method === 'GET') return new Response('ready');
      model ??= await loadModel(await (await ASSETS.fetch('http://assets/small.safetensors')).arrayBuffer());
      const data = new Float32Array(3 * 32 * 32).fill(0.5);
      const outputs = await model.run({ [model.inputs[0].name]: data });
      return Response.json([...outputs[model.outputs[0].name].data]);
    },
  };
}
