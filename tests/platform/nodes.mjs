// Where the newer Nodes are.
import { fileURLToPath } from 'node:url';
import { install, pinned } from './install.mjs';

/** `{ version, path }` of each newer Node that has a package for this machine; none beyond Linux on x64 and arm64. */
export function newerNodes() {
  install();
  return Object.keys(pinned)
    .filter((name) => /^node\d+-/.test(name))
    .map((name) => ({
      version: pinned[name],
      path: fileURLToPath(new URL(`node_modules/${name}/bin/node`, import.meta.url)),
    }));
}
