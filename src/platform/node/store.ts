// Where Node, Deno and Bun keep files: a directory that the caller names, or the place that the platform has for caches.
import { join } from 'node:path';
import envPaths from 'env-paths';
import type { OpenStore } from '../remote/cached.js';
import { openCacheStorage } from '../remote/cacheStorage.js';
import { fileStore } from './fileStore.js';

/** A word is a name, all else is a directory. */
export const openStore: OpenStore = async (name) => {
  if (name !== true && !/^\w[\w.-]*$/.test(name)) return fileStore(name);
  return (await openCacheStorage(name)) ?? fileStore(join(envPaths('hetconv', { suffix: '' }).cache, name === true ? '' : name));
};
