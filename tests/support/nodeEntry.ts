// The built entry of Node, as a user imports it. It bundles its own error class: tests know its errors by name and code.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const path = resolve('dist/node.js');
if (!existsSync(path)) throw new Error(`${path} is missing: node build.mjs makes it`);

export const { loadModel }: typeof import('../../src/platform/node/index.js') = await import(pathToFileURL(path).href);
