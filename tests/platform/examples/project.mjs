// A copy of an example with the packed package installed, and what it needs for development as tests/platform has it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackage } from '../project.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const INSTALLED = ['tests/platform/node_modules', 'node_modules'].map((folder) => join(root, folder));

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The folder of the copy of `examples/NAME`, which is removed when this process ends. */
export function copyExample(name) {
  const folder = installPackage(`hetconv-${name}`, join(root, 'examples', name));
  const { devDependencies = {} } = manifestOf(folder);
  for (const [dependency, range] of Object.entries(devDependencies)) link(folder, dependency, range);
  return folder;
}

/** The example asks for the version that it is tested with. */
function link(folder, dependency, range) {
  const source = INSTALLED.map((modules) => join(modules, dependency)).find(existsSync);
  assert.ok(source, `${dependency} is not among the dependencies of tests/platform`);
  assert.equal(range, `^${manifestOf(source).version}`, `the range of ${dependency} in ${folder}`);
  const target = join(folder, 'node_modules', dependency);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target);
}

/** The command of an installed package, to be run by this Node. */
export function commandOf(dependency, command = dependency) {
  const folder = INSTALLED.map((modules) => join(modules, dependency)).find(existsSync);
  const { bin } = manifestOf(folder);
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}
