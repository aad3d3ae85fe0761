// The scratch project that every runtime runs in: the packed package, installed as a user installs it, with suite and fixtures.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const guests = `${repository}tests/platform/guests`;

/** Bundles one of our TypeScript files, by its path from the root of the repository. */
export const bundle = (entry, outfile, platform) =>
  build({
    entryPoints: [`${repository}${entry}`],
    outfile,
    bundle: true,
    format: 'esm',
    platform,
    target: 'es2022',
    logLevel: 'warning',
  });

/**
 * A folder with the packed package in it, made of what `node build.mjs` built, and with a copy of the folder `project`, a user's, if there is
 * one. It is removed when this process ends.
 */
export function installPackage(name, project) {
  const root = mkdtempSync(join(tmpdir(), `${name}-`));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, 'package.json'), '{ "type": "module", "private": true }');
  if (project) cpSync(project, root, { recursive: true });
  const run = (command, ...args) =>
    execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', root], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--omit=dev', '--loglevel=error', `./${filename}`);
  return root;
}

/** The package with suite and fixtures: `{ root, fixtures, suite }`, two folders and what suite/index.ts exports. */
export async function makeProject() {
  const root = installPackage('hetconv-platform');
  cpSync(guests, root, { recursive: true });
  await bundle('tests/platform/suite/index.ts', join(root, 'suite.mjs'), 'neutral');
  const fixtures = join(root, 'fixtures');
  await bundle('tests/platform/fixtures.ts', join(root, 'writeFixtures.mjs'), 'node');
  (await import(pathToFileURL(join(root, 'writeFixtures.mjs')).href)).writeFixtures(fixtures);
  const suite = await import(pathToFileURL(join(root, 'suite.mjs')).href);
  return { root, fixtures, suite };
}
