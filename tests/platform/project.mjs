// The scratch project that every runtime runs in: the packed package, installed as a user installs it, with suite and fixtures.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Bundles one of our TypeScript files, on its own. */
const bundle = (entry, outfile, platform) =>
  build({
    entryPoints: [`${here}${entry}`],
    outfile,
    bundle: true,
    format: 'esm',
    platform,
    target: 'es2022',
    logLevel: 'warning',
  });

/**
 * Makes the project from what `node build.mjs` built, and gives `{ root, fixtures, suite }`: two folders, and what
 * suite/index.ts exports. It is removed when this process ends.
 */
export async function makeProject() {
  const root = mkdtempSync(join(tmpdir(), 'hetconv-platform-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const run = (command, ...args) =>
    execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', root], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  writeFileSync(join(root, 'package.json'), '{ "type": "module", "private": true }');
  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', `./${filename}`);

  for (const name of readdirSync(`${here}guests`)) copyFileSync(`${here}guests/${name}`, join(root, name));
  await bundle('suite/index.ts', join(root, 'suite.mjs'), 'neutral');
  const fixtures = join(root, 'fixtures');
  await bundle('fixtures.ts', join(root, 'writeFixtures.mjs'), 'node');
  (await import(pathToFileURL(join(root, 'writeFixtures.mjs')).href)).writeFixtures(fixtures);
  const suite = await import(pathToFileURL(join(root, 'suite.mjs')).href);
  return { root, fixtures, suite };
}
