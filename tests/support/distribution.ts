// What the built scripts in dist load: files beside them and packages, at once or when first needed.
import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import { build } from 'esbuild';

export interface Loaded {
  /** Files below dist, the entry first; bytes as built. */
  readonly files: ReadonlyMap<string, number>;
  /** Specifiers of packages, Node's own excluded. */
  readonly packages: ReadonlySet<string>;
}

/** What loading an entry such as `dist/node.js` loads; `lazily` adds what its functions may load later. */
export async function loadedBy(entry: string, lazily: boolean): Promise<Loaded> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    format: 'esm',
    platform: 'node',
    packages: 'external',
    loader: { '.wasm': 'file' },
    logLevel: 'silent',
  });
  const files = new Map<string, number>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    if (files.has(path)) return;
    const { bytes, imports } = metafile.inputs[path]!;
    files.set(path, bytes);
    for (const { path: target, kind, external } of imports) {
      if (kind === 'dynamic-import' && !lazily) continue;
      if (!external) visit(relative('.', target));
      else if (!isBuiltin(target)) packages.add(target);
    }
  };
  visit(entry);
  return { files, packages };
}
