// Node, Deno and Bun: `commandLine.mjs NAME SERVER`, with garbage collection exposed.
import process from 'node:process';
import * as hetconv from 'hetconv';
import { runGuest } from './guest.mjs';

function memory() {
  if (globalThis.Bun) Bun.gc(true);
  else gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [name, server] = process.argv.slice(2);
await runGuest(name, server, hetconv, { memory });
// What the suite left open must not keep the process.
process.exit(0);
