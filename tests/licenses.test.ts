// Whoever gets code of others gets their licences with it: the built package, and the build that would forget one.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';

const { licensesOf, packagesIn } = await import(new URL('../../licenses.mjs', import.meta.url).href);

const FILE = 'dist/THIRD-PARTY-LICENSES.txt';
/** What the package's entries are made of. */
const ENTRIES = ['src/platform/*/index.ts', 'src/platform/*/worker.ts', 'src/cli/index.ts'];

test('dist has the licence of every package that its entries bundle, and of its WebAssembly', async () => {
  const written = readFileSync(FILE, 'utf8');
  const { metafile } = await build({
    entryPoints: ENTRIES,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    format: 'esm',
    platform: 'node',
    external: ['*.wasm', '*.wasm?hex'],
    logLevel: 'silent',
  });
  const folders: Set<string> = packagesIn(metafile);
  for (const name of ['pbf', 'fflate', 'commander', '@observablehq/plot', 'd3-scale', '@assemblyscript/loader'])
    assert.ok(folders.has(`node_modules/${name}`), `${name} is not among ${[...folders]}`);
  for (const folder of [...folders, 'node_modules/@jsquash/jpeg', 'node_modules/@jsquash/webp', 'node_modules/assemblyscript']) {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    assert.ok(written.includes(`\n${name} ${version} (${license})\n`), `${FILE} lacks ${name} ${version} (${license})`);
  }
  const decoders = ['jpeg', 'webp'].map((name) => `node_modules/@jsquash/${name}/codec/LICENSE.codec.md`);
  for (const path of ['node_modules/pbf/LICENSE', 'node_modules/assemblyscript/NOTICE', ...decoders])
    assert.ok(written.includes(readFileSync(path, 'utf8').trim()), `${FILE} lacks the text of ${path}`);
});

test('a package without a text of its licence fails the build, one that lies below another counts for itself', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hetconv-licenses-'));
  const make = (name: string) => {
    const folder = join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    const [last] = name.split('/').slice(-1);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: last, version: '1.0.0', license: 'MIT' }));
    writeFileSync(join(folder, 'index.js'), `export const ${last} = '${last}';`);
    return folder;
  };
  try {
    const folders = ['outer', 'outer/node_modules/inner', 'unused'].map(make);
    writeFileSync(
      join(root, 'entry.js'),
      `import { outer } from 'outer'; import { inner } from './node_modules/outer/node_modules/inner/index.js';
       import { unused } from 'unused'; console.log(outer, inner);`,
    );
    const { metafile } = await build({
      entryPoints: [join(root, 'entry.js')],
      bundle: true,
      format: 'esm',
      write: false,
      metafile: true,
      absWorkingDir: root,
    });
    assert.deepEqual([...packagesIn(metafile)].sort(), ['node_modules/outer', 'node_modules/outer/node_modules/inner']);

    writeFileSync(join(folders[1]!, 'LICENSE.md'), 'The inner text');
    await assert.rejects(licensesOf(folders.slice(0, 2)), /^Error: outer 1\.0\.0 \(MIT\) .* no text of its licence$/);
    writeFileSync(join(folders[0]!, 'licence'), 'The outer text\r\nin two lines\r\n');
    const text: string = await licensesOf(folders.slice(0, 2));
    assert.match(text, /\nouter 1\.0\.0 \(MIT\)\n\nThe outer text\nin two lines\n/);
    assert.match(text, /\ninner 1\.0\.0 \(MIT\)\n\nThe inner text\n/);
  } finally {
    rmSync(root, { recursive: true });
  }
});
