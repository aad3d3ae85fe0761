// What the suite fetches: fixtures and the project itself, answers that tests wrote down, and where results are reported to.
import { createServer } from 'node:http';
import sirv from 'sirv';
import { scriptedRoutes } from './scripted.mjs';

/** Pages with finer clocks and shared memory. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Isolated, and no script may be made from text: what a careful site sends. */
const CAREFUL = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http://localhost:*; img-src 'self' http://localhost:* blob: data:; media-src 'self' blob:",
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
    ...scriptedRoutes(fixtures, bodyOf),
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
