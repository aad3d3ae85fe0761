// Runtimes that are a command: Node, Deno, Bun.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pinned } from '../install.mjs';
import { newerNodes } from '../nodes.mjs';

const binary = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

function commandRuntime({ name, version, command, args, environment = {}, limits = {} }) {
  return {
    name,
    version,
    limits: { page: 'no page, no document', ...limits },
    hasFiles: true,
    run: ({ root, server, signal }) =>
      promisify(execFile)(command, [...args, 'commandLine.mjs', name, server], {
        cwd: root,
        signal,
        // What it keeps goes with the project.
        env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache'), ...environment },
        maxBuffer: 2 ** 26,
      }),
  };
}

/** This Node, and the newer ones that are not of its version. */
export function nodes() {
  const own = { version: process.versions.node, path: process.execPath };
  const major = ({ version }) => Number.parseInt(version, 10);
  return [own, ...newerNodes().filter((other) => major(other) !== major(own))].map((node) =>
    commandRuntime({
      name: `node${major(node)}`,
      version: node.version,
      command: node.path,
      args: ['--expose-gc'],
      limits: major(node) < 21 ? { relaxed: 'the V8 of Node 20 has no relaxed SIMD' } : {},
    }),
  );
}

export const deno = commandRuntime({
  name: 'deno',
  version: pinned.deno,
  command: binary('deno'),
  args: ['run', '--allow-all', '--no-prompt', '--node-modules-dir=manual', '--v8-flags=--expose-gc'],
  environment: { DENO_NO_UPDATE_CHECK: '1' },
});

export const bun = commandRuntime({
  name: 'bun',
  version: pinned.bun,
  command: binary('bun'),
  args: ['run'],
  environment: { DO_NOT_TRACK: '1' },
});
