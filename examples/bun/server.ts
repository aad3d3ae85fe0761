// bun server.ts: POST a picture, get what it shows as JSON. The model runs in a worker, so that the server answers meanwhile.
import { type ErrorCode, HetConvError, loadModel } from 'hetconv';

const MODEL = new URL(import.meta.resolve('hetconv/models/resnet20-cifar10-p4/model.safetensors'));
const STATUS: Partial<Record<ErrorCode, number>> = { 'bad-image': 400, 'too-large': 413, busy: 503 };

const model = await loadModel(MODEL, { worker: true, maxQueue: 64, maxPixels: 2 ** 24 });

const server = Bun.serve({
  port: Number(process.env.PORT ?? 3000),
  maxRequestBodySize: 8 * 2 ** 20,
  routes: {
    '/': {
      GET: ({ url }) => new Response(`POST a JPEG, PNG or WebP: curl --data-binary @cat.jpg ${url}\n`),
      POST: async (request) => Response.json({ classes: await model.classify(await request.bytes(), { transfer: true }) }),
    },
  },
  error(error) {
    const code = error instanceof HetConvError ? error.code : 'worker-failed';
    return Response.json({ error: { code, message: error.message } }, { status: STATUS[code] ?? 500 });
  },
});
console.log(`listening on ${server.url}`);
