// Serves the built demo, isolated: clocks are finer then.
//   node demo/serve.mjs [--port 8080] [--host 127.0.0.1]
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sirv from 'sirv';

const FOLDER = fileURLToPath(new URL('../build/demo', import.meta.url));
const HEADERS = new Map([
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'require-corp'],
  ['X-Content-Type-Options', 'nosniff'],
]);

/** Listens on a port (0: any that is free), serves the demo in the folder `base`, and gives `{ url, close }`. */
export async function serve({ port = 0, host = '127.0.0.1', headers = HEADERS, base = '' } = {}) {
  const files = sirv(FOLDER, { etag: true, setHeaders: (response) => void response.setHeaders(headers) });
  const server = createServer((request, response) => {
    const missing = () => {
      response.statusCode = 404;
      response.end('not found');
    };
    if (!request.url.startsWith(`${base}/`)) return missing();
    request.url = request.url.slice(base.length);
    return files(request, response, missing);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${server.address().port}${base}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const USAGE = `npm run demo [-- --port <number>] [-- --host <address>]

Builds the demo and serves it on http://127.0.0.1:8080. For a static host: npm run demo:build, then copy the folder build/demo.`;

async function main() {
  const { values } = parseArgs({ options: { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) return console.log(USAGE);
  const port = Number(values.port ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port must be a number up to 65535, it is ${values.port}`);
  const { url } = await serve({ port, ...(values.host && { host: values.host }) });
  console.log(`the demo is at ${url} (Ctrl+C ends it)`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    const taken = error.code === 'EADDRINUSE' ? '; choose another with --port' : '';
    console.error(`${error.message}${taken}`);
    process.exitCode = 1;
  });
}
