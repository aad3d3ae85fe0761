// All contestants in one page, worker or process: loaded, compared with what PyTorch computed, and timed in turn.
import { measure, requireAgreement } from './timing.mjs';

/** `contestants` as in contestants/index.mjs; `base` is where they find files of the project; `clock` is this platform's. */
export async function timeHere(name, { server, base, contestants, clock }) {
  const fetched = async (path) => {
    const response = await fetch(`${server}/${path}`);
    if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
    return response;
  };
  const bytesOf = async (path) => new Uint8Array(await (await fetched(path)).arrayBuffer());
  const report = (result) => fetch(`${server}/reports/${name}`, { method: 'POST', body: JSON.stringify(result) });

  const { folder, entrants, input, output, expected, ...options } = await (await fetched(`settings/${name}`)).json();
  const bytes = { onnx: await bytesOf(`${folder}/model.onnx`), tflite: await bytesOf(`${folder}/model.tflite`) };
  const data = new Float32Array((await bytesOf(`${folder}/input.bin`)).buffer);
  const running = [];
  for (const entrant of entrants) {
    try {
      const { load } = await contestants[entrant.contestant]();
      const session = await load({ bytes, input: { ...input, data }, output }, { ...entrant, base });
      await session.run();
      requireAgreement(session.output(), expected);
      running.push({ name: entrant.contestant, entrant, run: session.run });
    } catch (error) {
      await report({ entrant, reason: `${error?.message ?? error}`.split('\n')[0] });
    }
  }
  const measured = await measure(running, clock, options);
  for (const contestant of running) await report({ entrant: contestant.entrant, samples: measured.get(contestant).whole });
}
