// What command lines lack to load the scripts that LiteRT.js brings: they are CommonJS too.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
globalThis.self ??= globalThis;
globalThis.importScripts = (address) => {
  globalThis.ModuleFactory = require(fileURLToPath(address));
};
