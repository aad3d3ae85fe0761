// The runtimes and the drivers of the browsers.
import { fileURLToPath } from 'node:url';
import { installPinned, pinnedOf } from '../support/installPinned.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The version of every package that this machine can use, by its name in node_modules. */
export const pinned = pinnedOf(folder);

/** Installs what is not there at its pinned version. */
export function install() {
  installPinned(folder, 'the runtimes, 1.1 GB,');
}
