// Answers that a test wrote down beforehand: fixtures from servers that break, change, compress, lie, or do not stop.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What a page of any origin may see, if no header needs leave; nothing is kept in browsers' own caches. */
const OPEN = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' };
/** A guest that is told of the end of a connection forgets what it has not yet read of it. */
const BEFORE_BREAK = 100;

/**
 * Routes by the first part of a path: `scripts/ID` takes the answers of a script (suite/script.ts says what one is), `scripted/ID/NAME` gives
 * them in turn, the last of them again and again, `requests/ID` tells what was asked for.
 */
export function scriptedRoutes(fixtures, bodyOf) {
  const scripts = new Map();
  const scriptOf = (id) => scripts.get(id) ?? { answers: [], requests: [] };
  return {
    async scripts(id, request, response) {
      scripts.set(id, { ...scriptOf(id), answers: JSON.parse(await bodyOf(request)) });
      response.end();
    },
    requests: (id, _, response) => response.end(JSON.stringify(scriptOf(id).requests)),
    async scripted(path, { method, headers }, response) {
      const [, id, name] = path.match(/^([^/]+)\/(.+)$/);
      const { answers, requests } = scriptOf(id);
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
      const told = { method, name, headers };
      requests.push(told);
      response.on('close', () => Object.assign(told, { closed: true }));
      await give(response, headers, { file: name, ...answer }, told, (file) => readFileSync(join(fixtures, file)));
    },
  };
}

async function give(response, asked, answer, told, read) {
  const { etag, lastModified, status, refuse, file, zeros, gzip, endless, length, breakAfter, stallAfter } = answer;
  if (refuse) return response.destroy();
  const headers = { ...OPEN, ...(etag && { ETag: etag }), ...(lastModified && { 'Last-Modified': lastModified }) };
  const begin = (code, more = {}) => {
    told.status = code;
    response.writeHead(code, { ...headers, ...more });
  };
  if (status || (isKnown(asked, answer) && !answer.ignoresConditions)) {
    begin(status ?? 304);
    return response.end();
  }
  if (endless) {
    begin(200);
    // Whoever asked goes away in the end.
    return pipeline(zerosWithoutEnd, response).catch(() => {});
  }
  const plain = zeros ? Buffer.alloc(zeros) : read(file);
  const whole = gzip ? gzipSync(plain) : plain;
  if (gzip) headers['Content-Encoding'] = 'gzip';
  const from = rangeOf(asked, answer);
  if (from >= whole.length) {
    begin(416, { 'Content-Range': `bytes */${whole.length}` });
    return response.end();
  }
  const bytes = whole.subarray(from);
  const range = `bytes ${from + (answer.shift ?? 0)}-${whole.length - 1}/${whole.length}`;
  begin(from > 0 ? 206 : 200, {
    'Content-Length': length ?? bytes.length,
    ...(from > 0 && { 'Content-Range': range }),
  });
  const end = breakAfter ?? stallAfter;
  const part = end === undefined ? bytes : bytes.subarray(0, end);
  if (part === bytes && length === undefined) return response.end(part);
  response.write(part);
  if (stallAfter !== undefined) return;
  await sleep(BEFORE_BREAK);
  response.destroy();
}

/** Whether who asks has this version. */
function isKnown(asked, { etag, lastModified }) {
  const known = asked['if-none-match'] ?? asked['if-modified-since'];
  return known !== undefined && known === (asked['if-none-match'] ? etag : lastModified);
}

/** Where the answer begins. */
function rangeOf(asked, { etag, lastModified, ranges = true, ignoresConditions }) {
  const from = Number(asked.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
  const same = [undefined, etag, lastModified].includes(asked['if-range']);
  return ranges && (same || ignoresConditions) ? from : 0;
}

/** As fast as a network, not as this machine: WebKit drowns in that. */
async function* zerosWithoutEnd() {
  for (;;) {
    yield Buffer.alloc(65536);
    await sleep(1);
  }
}
