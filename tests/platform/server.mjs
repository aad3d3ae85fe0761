// What the suite fetches: fixtures and the project itself, answers that misbehave, and where results are reported to.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sirv from 'sirv';

/** Pages with finer clocks and shared memory. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Isolated, and no script may be made from text: what a careful site sends. */
const CAREFUL = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' http://localhost:* blob: data:; media-src 'self' blob:",
  ...ISOLATED,
};

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/**
 * Serves a project on a port of its own. `settings(name)` is what a guest asks for when it begins, `onReport(name, result)` takes what it
 * tells of a test, `onEnd(name, problem)` what it says when it ends, '' where all went well. `headers` go with every file. Gives
 * `{ address, close }`.
 */
export async function serve({ root, fixtures }, { settings, onReport, onEnd, headers = CAREFUL }) {
  const files = sirv(root, {
    dev: true,
    setHeaders: (response) => void response.setHeaders(new Map(Object.entries(headers))),
  });

  function sendHalf(name, response, then) {
    const bytes = readFileSync(join(fixtures, name));
    response.writeHead(200, { 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), then);
  }

  /** By the first part of the path; the second is given. */
  const routes = {
    settings: (name, _, response) => response.end(JSON.stringify(settings(name))),
    async reports(name, request, response) {
      onReport(name, JSON.parse(await bodyOf(request)));
      response.end();
    },
    async ends(name, request, response) {
      onEnd(name, await bodyOf(request));
      response.end();
    },
    /** Half of a fixture, then the connection breaks. */
    broken: (name, _, response) => sendHalf(name, response, () => response.destroy()),
    /** Half of a fixture, then nothing more. */
    stalling: (name, _, response) => sendHalf(name, response),
    /** A fixture, compressed on its way. */
    gzip(name, _, response) {
      const bytes = gzipSync(readFileSync(join(fixtures, name)));
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': bytes.length });
      response.end(bytes);
    },
  };

  const server = createServer((request, response) => {
    const [, route, name] = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).match(/^\/([^/]*)\/?(.*)$/);
    if (Object.hasOwn(routes, route)) return routes[route](name, request, response);
    return files(request, response, () => {
      response.statusCode = 404;
      response.end('not found');
    });
  });
  // A connection that a guest keeps must not close under its next request, however long a test takes.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
