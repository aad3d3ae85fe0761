// Packages that only some tests need come from npm when they are first asked for, into node_modules of the folder that names them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The version of every package of a folder that this machine can use, by its name in node_modules. */
export function pinnedOf(folder) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
  const here = ([name]) => name.endsWith(`-${process.platform}-${process.arch}`);
  const all = [...Object.entries(dependencies), ...Object.entries(optionalDependencies).filter(here)];
  return Object.fromEntries(all.map(([name, source]) => [name, source.slice(source.lastIndexOf('@') + 1)]));
}

function installedVersion(folder, name) {
  try {
    return JSON.parse(readFileSync(`${folder}node_modules/${name}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}

export function isInstalled(folder) {
  return Object.entries(pinnedOf(folder)).every(([name, version]) => installedVersion(folder, name) === version);
}

/** Installs a folder's lock file unless all of it is there. `what` says what it fetches and how much; `flags` are npm's. */
export function installPinned(folder, what, flags = []) {
  if (isInstalled(folder)) return;
  console.error(`fetching ${what} into ${folder}node_modules (once)`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', ...flags, '--prefix', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
