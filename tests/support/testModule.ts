// The tests' own modules that are not bundled: they find what they need beside their file.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `path` is below tests. */
export const testModule = (path: string) => import(pathToFileURL(resolve('tests', path)).href);
