// Where the package lies: its bundled model and samples are beside the built command, wherever the bundler put this code.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGE_ROOT = find(dirname(fileURLToPath(import.meta.url)));

export const VERSION: string = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;
export const DEFAULT_MODEL = join(PACKAGE_ROOT, 'models', 'resnet20-cifar10-p4', 'model.safetensors');
export const SAMPLES = join(PACKAGE_ROOT, 'samples');

function find(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, 'package.json')) || parent === folder ? folder : find(parent);
}
