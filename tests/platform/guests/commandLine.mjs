// Node, Deno and Bun: `commandLine.mjs NAME SERVER`, with garbage collection exposed.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import * as hetconv from 'hetconv';
import { runGuest } from './guest.mjs';

function memory() {
  if (globalThis.Bun) Bun.gc(true);
  else gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const cacheFolder = process.env.XDG_CACHE_HOME;
await mkdir(cacheFolder, { recursive: true });
const keptFiles = {
  list: async () => {
    const entries = await readdir(cacheFolder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  },
  read: async (path) => new Uint8Array(await readFile(path)),
  write: writeFile,
};

const [name, server] = process.argv.slice(2);
const inline = () => import('hetconv/inline');
await runGuest(name, server, hetconv, { inline, memory, ...(!globalThis.caches && { keptFiles }) });
// What the suite left open must not keep the process.
process.exit(0);
