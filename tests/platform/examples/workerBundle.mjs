// A worker's folder as Cloudflare would get it, and as workerd runs it here: wrangler bundles, miniflare starts workerd.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler';
import { commandOf } from './project.mjs';

/** What runs wrangler without telling anybody. */
const QUIET = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG: 'error' };

/**
 * Bundles the worker of a folder that has a wrangler.jsonc, which names the script unless `script` does. Gives the files that would be
 * uploaded, the script first.
 */
export function bundleWorker(folder, script) {
  const out = join(folder, 'build', script ?? 'worker');
  execFileSync(process.execPath, [commandOf('wrangler'), 'deploy', ...(script ? [script] : []), '--dry-run', '--outdir', out], {
    cwd: folder,
    env: QUIET,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const names = readdirSync(out).filter((name) => /\.(js|wasm)$/.test(name));
  return names.sort((a, b) => extname(a).localeCompare(extname(b))).map((name) => join(out, name));
}

/** Starts workerd with the configuration of the folder, or one of its environments, and what `options` of miniflare change of it. */
export function startWorker(folder, files, options = {}, environment = undefined) {
  const { workerOptions } = optionsOf(join(folder, 'wrangler.jsonc'), environment);
  return new Miniflare({
    ...workerOptions,
    modulesRoot: dirname(files[0]),
    modules: files.map((path) => ({ type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path })),
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
}
