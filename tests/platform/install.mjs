// The runtimes and the drivers of the browsers come from npm, into tests/platform/node_modules, when a test first asks for them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const { dependencies, optionalDependencies } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));

/** The version of every package that this machine can use, by its name in node_modules. */
export const pinned = Object.fromEntries(
  [
    ...Object.entries(dependencies),
    ...Object.entries(optionalDependencies).filter(([name]) => name.endsWith(`-${process.platform}-${process.arch}`)),
  ].map(([name, source]) => [name, source.slice(source.lastIndexOf('@') + 1)]),
);

function installedVersion(name) {
  try {
    return JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** Installs what is not there at its pinned version. */
export function install() {
  if (Object.entries(pinned).every(([name, version]) => installedVersion(name) === version)) return;
  console.error('fetching the runtimes into tests/platform/node_modules (once, 1.1 GB)');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
}
