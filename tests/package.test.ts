// The packed package: it holds what users need and nothing else, and it works where it is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadedBy } from './support/distribution.js';

const { installPinned } = await import(new URL('../../tests/support/installPinned.mjs', import.meta.url).href);

/** Checkers of packages, as commands of what TOOLS pins: each is given the packed package. */
const TOOLS = 'tests/packaging/';
const CHECKS = { publint: ['run', '--strict'], attw: ['--profile', 'esm-only'] };

const MAY_BE_PACKED = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^dist\/([\w-]+\/)*[\w.-]+\.js$/,
  /^dist\/(simd|relaxed|jpeg|webp)\.wasm$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^dist\/types\/.*\.d\.ts$/,
  /^models\/[\w-]+\/(model\.safetensors|README\.md)$/,
  /^samples\/[\w.-]+\.(png|jpg|webp)$/,
];

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const root = mkdtempSync(join(tmpdir(), 'hetconv-package-'));
const installed = join(root, 'node_modules', 'hetconv');
let packed: Set<string>;
let tarball: string;
let bytes: number;

/** Runs a program in `root`, as a project that depends on the package; returns what it prints. */
const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });

describe('the packed package', () => {
  before(() => {
    const [listing] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', root], { encoding: 'utf8', stdio: 'pipe' }),
    );
    packed = new Set(listing.files.map(({ path }: { path: string }) => path));
    mkdirSync(installed, { recursive: true });
    tarball = join(root, listing.filename);
    bytes = listing.size;
    execFileSync('tar', ['xzf', tarball, '-C', installed, '--strip-components', '1']);
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      mkdirSync(join(root, 'node_modules', name, '..'), { recursive: true });
      symlinkSync(resolve('node_modules', name), join(root, 'node_modules', name));
    }
  });
  after(() => rmSync(root, { recursive: true }));

  it('holds nothing that users do not need', () => {
    assert.deepEqual(
      [...packed].filter((path) => !MAY_BE_PACKED.some((pattern) => pattern.test(path))),
      [],
    );
  });

  it('is a small download', () => assert.ok(bytes <= 1.5e6, `${bytes} bytes`));

  it('holds every file that its entries load, and depends on every package', async () => {
    const targets = JSON.stringify([manifest.bin, manifest.exports])
      .match(/(?<=")\.\/dist\/[^"]+/g)!
      .map((path) => path.slice(2));
    for (const target of targets) assert.ok(packed.has(target), `${target} is not packed`);
    const entries = new Set(targets.filter((path) => path.endsWith('.js')));
    const depends = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const entry of entries) {
      const { files, packages } = await loadedBy(entry, true);
      for (const file of files.keys()) assert.ok(packed.has(file), `${entry} loads ${file}, which is not packed`);
      for (const specifier of packages) {
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
        assert.ok(Object.hasOwn(depends, name), `${entry} loads ${specifier}, which the package does not depend on`);
      }
    }
    for (const file of ['LICENSE', 'README.md', 'dist/THIRD-PARTY-LICENSES.txt']) assert.ok(packed.has(file), file);
  });

  for (const [command, args] of Object.entries(CHECKS)) {
    it(`has nothing that ${command} complains of`, () => {
      installPinned(TOOLS, 'publint and attw, 39 MB,', ['--ignore-scripts']);
      const { status, error, stdout, stderr } = spawnSync(`${TOOLS}node_modules/.bin/${command}`, [...args, tarball], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, error?.message ?? `${stdout}${stderr}`);
    });
  }

  it('makes no code of strings', () => {
    // A message tells users of PyTorch to call model.eval().
    for (const path of [...packed].filter((path) => path.endsWith('.js'))) {
      const found = readFileSync(join(installed, path), 'utf8').match(/(?<!model\.)\beval\(|\bnew Function\b|[^.\w$]Function\(/);
      assert.equal(found, null, `${path}: ${found?.[0]}`);
    }
  });

  it('is cited by the version that it has', () => {
    assert.equal(readFileSync('CITATION.cff', 'utf8').match(/^version: (.*)$/m)?.[1], manifest.version);
  });

  it('can be imported', () => {
    const names = run(process.execPath, ['-e', `import('hetconv').then((api) => console.log(Object.keys(api).join()))`])
      .trim()
      .split(',');
    for (const name of ['loadModel', 'HetConvError']) assert.ok(names.includes(name), `${name} is not among ${names}`);
  });

  it('has types that a strict project accepts', () => {
    writeFileSync(
      join(root, 'use.ts'),
      `import { HetConvError, loadModel } from 'hetconv';
       const model = await loadModel('m.safetensors', { variant: 'simd' });
       const { logits } = await model.run({ input: new Float32Array(3072) });
       export const data: Float32Array | Int32Array | undefined = logits?.data;
       // @ts-expect-error: there is no such option
       await loadModel('m.safetensors', { speed: 11 });
       export const code = (error: HetConvError): string => error.code;
      `,
    );
    const options = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom', '--strict', '--noEmit', '--types', ''];
    run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...options, 'use.ts']);
  });

  it('has its trained models, of which their cards tell the SHA-256, at addresses that programs can ask for', () => {
    const models = [...packed].filter((path) => path.endsWith('.safetensors'));
    assert.ok(models.length > 0);
    writeFileSync(
      join(root, 'models.mjs'),
      `import { loadModel } from 'hetconv';
       for (const path of ${JSON.stringify(models)}) {
         const model = await loadModel(new URL(import.meta.resolve(\`hetconv/\${path}\`)), { integrity: 'card' });
         console.log(model.labels.length);
       }`,
    );
    assert.deepEqual(
      run(process.execPath, ['models.mjs']).trim().split('\n'),
      models.map(() => '10'),
    );
  });

  it('installs a command that classifies the bundled pictures with the bundled model', () => {
    const { results } = JSON.parse(run(process.execPath, [join(installed, manifest.bin.hetconv), 'classify', '--json']));
    assert.ok(results.length >= 12, `${results.length} pictures`);
    for (const { picture, classes } of results) assert.ok(classes?.length > 0, picture);
  });
});
