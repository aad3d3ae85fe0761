// Where the newer Nodes are. They come from npm, into tests/platform/node_modules, when a test first asks for them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const pinned = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).optionalDependencies;

function installedVersion(alias) {
  try {
    return JSON.parse(readFileSync(`${folder}node_modules/${alias}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** `{ version, path }` of each newer Node that has a package for this machine; none beyond Linux on x64 and arm64. */
export function newerNodes() {
  const here = Object.entries(pinned)
    .filter(([alias]) => alias.endsWith(`-${process.platform}-${process.arch}`))
    .map(([alias, source]) => ({ alias, version: source.slice(source.lastIndexOf('@') + 1) }));
  if (here.some(({ alias, version }) => installedVersion(alias) !== version)) {
    console.log(`fetching Node ${here.map(({ version }) => version).join(', ')} into tests/platform/node_modules (once, 600 MB)`);
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return here.map(({ alias, version }) => ({ version, path: `${folder}node_modules/${alias}/bin/node` }));
}
