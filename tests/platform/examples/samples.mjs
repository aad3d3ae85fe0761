// The pictures of the repository, one of each format; what they show is in their names.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../samples/', import.meta.url));

/** Media types by the name of the file. */
export const PICTURES = { 'cat-1.png': 'image/png', 'ship-2.jpg': 'image/jpeg', 'dog-1.webp': 'image/webp' };

export const pathOf = (name) => `${folder}${name}`;
export const sample = (name) => readFileSync(pathOf(name));
export const labelOf = (name) => name.split('-')[0];
