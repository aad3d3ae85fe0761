// Runtimes of edge workers, which live in this process or below it: workerd and edge-runtime.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeRuntime } from 'edge-runtime';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { pinned } from '../install.mjs';

const LIMITS = {
  files: 'there is no file system',
  page: 'no page, no document',
  inline: 'no WebAssembly may be compiled at run time',
  memory: 'a worker cannot ask how much memory it holds',
};

export const workerd = {
  name: 'workerd',
  version: JSON.parse(await readFile(new URL('../node_modules/workerd/package.json', import.meta.url), 'utf8')).version,
  limits: LIMITS,
  /** `modules`: those of a worker whose imports miniflare cannot follow by itself, as it takes them. */
  async run({ root, server, ended, modules = true }) {
    const miniflare = new Miniflare({
      modules,
      modulesRoot: root,
      scriptPath: join(root, 'workerd.mjs'),
      modulesRules: [
        { type: 'ESModule', include: ['**/*.js', '**/*.mjs'] },
        { type: 'CompiledWasm', include: ['**/*.wasm'] },
      ],
      compatibilityDate: '2026-04-01',
    });
    try {
      const [response] = await Promise.all([
        miniflare.dispatchFetch(`http://worker/${this.name}?server=${encodeURIComponent(server)}`),
        ended,
      ]);
      await response.arrayBuffer();
    } finally {
      await miniflare.dispose();
    }
  },
};

export const edge = {
  name: 'edge',
  version: pinned['edge-runtime'],
  limits: {
    ...LIMITS,
    cache: 'there is neither a Cache API nor a file system',
    ...(Number.parseInt(process.versions.node, 10) < 21 && {
      relaxed: `it runs on Node ${process.versions.node}, without relaxed SIMD`,
    }),
  },
  async run({ root, server, ended }) {
    const binaries = {};
    for (const name of ['simd', 'relaxed', 'jpeg', 'webp']) {
      const bytes = await readFile(join(root, `node_modules/hetconv/dist/${name}.wasm`));
      if (WebAssembly.validate(bytes)) binaries[name] = await WebAssembly.compile(bytes);
    }
    const { outputFiles } = await build({
      entryPoints: [join(root, 'edge.mjs')],
      absWorkingDir: root,
      bundle: true,
      format: 'iife',
      target: 'es2022',
      write: false,
      logLevel: 'warning',
    });
    const runtime = new EdgeRuntime({
      initialCode: outputFiles[0].text,
      extend: (context) => Object.assign(context, { binaries }),
      codeGeneration: { strings: false, wasm: false },
    });
    const [response] = await Promise.all([
      runtime.dispatchFetch(`http://worker/${this.name}?server=${encodeURIComponent(server)}`),
      ended,
    ]);
    await response.waitUntil();
  },
};
