// Where the suite runs, in the order of the matrix.
import { install, pinned } from '../install.mjs';
import { bun, deno, nodes } from './commandLine.mjs';

/**
 * Each is `{ name, version, limits, hasFiles, run }`: `limits` says what the platform lacks and why, by capability; `run({ root, server,
 * signal })` starts the guest in the project and ends when it has reported everything, or fails.
 */
export function allRuntimes() {
  install();
  return [...nodes(), deno({ pinned }), bun({ pinned })];
}
