// The small workers in one project: the packed package, and a small network in both formats.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle, installPackage } from '../project.mjs';

/** `{ root, assets, subjects }`: two folders, and what subjects.ts exports. It is removed when this process ends. */
export async function makeProject() {
  const root = installPackage('hetconv-edge-cost', fileURLToPath(new URL('workers', import.meta.url)));
  const path = join(root, 'subjects.mjs');
  await bundle('tests/platform/edgeCost/subjects.ts', path, 'node');
  const subjects = await import(pathToFileURL(path).href);
  const assets = join(root, 'assets');
  mkdirSync(assets);
  for (const [name, bytes] of Object.entries(subjects.smallNetwork())) writeFileSync(join(assets, name), bytes);
  return { root, assets, subjects };
}
