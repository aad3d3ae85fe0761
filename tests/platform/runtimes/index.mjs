// Where the suite runs, in the order of the matrix.
import { install } from '../install.mjs';

/**
 * Each is `{ name, version, limits, hasFiles, run }`: `limits` says what the platform lacks and why, by capability; `run({ root, server,
 * ended, signal })` starts the guest in the project and ends with it, or fails. `ended` settles when a guest says that it has ended.
 */
export async function allRuntimes() {
  install();
  const [{ nodes, deno, bun }, { workerd, edge }, { chromium, firefox, webkit }] = await Promise.all([
    import('./commandLine.mjs'),
    import('./workers.mjs'),
    import('./browsers.mjs'),
  ]);
  return [...nodes(), deno, bun, workerd, edge, chromium, firefox, webkit];
}
