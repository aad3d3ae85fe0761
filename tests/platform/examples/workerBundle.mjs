// A worker's folder as Cloudflare would get it, and as workerd runs it here: wrangler bundles, miniflare starts workerd.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler';
import { commandOf } from './project.mjs';

/** What runs wrangler without telling anybody. */
const QUIET = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG: 'error' };

/** Bundles the worker of a folder that has a wrangler.jsonc; gives the files that would be uploaded, the script first. */
export function bundleWorker(folder) {
  const out = join(folder, 'build');
  execFileSync(process.execPath, [commandOf('wrangler'), 'deploy', '--dry-run', '--outdir', out], {
    cwd: folder,
    env: QUIET,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const binaries = readdirSync(out).filter((name) => name.endsWith('.wasm'));
  return ['index.js', ...binaries].map((name) => join(out, name));
}

/** Starts workerd with the configuration of the folder and what `options` of miniflare change of it. */
export function startWorker(folder, files, options = {}) {
  const { workerOptions } = optionsOf(join(folder, 'wrangler.jsonc'));
  return new Miniflare({
    ...workerOptions,
    modulesRoot: join(folder, 'build'),
    modules: files.map((path) => ({ type: path.endsWith('.wasm') ? 'CompiledWasm' : 'ESModule', path })),
    host: '127.0.0.1',
    port: 0,
    ...options,
  });
}
