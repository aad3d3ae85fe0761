// Files in a folder, one for each: the bytes, then what is known of them as JSON, then the length of that.
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../integrity.js';
import type { Store } from '../remote/cached.js';

const LENGTH = 4;
const DAY = 86_400_000;
/** What a process that ended may have left half written. */
const TEMPORARY = /^[0-9a-f]{64}\.[0-9a-f-]{36}\.tmp$/;

export function fileStore(folder: string): Store {
  const pathOf = async (key: string) => join(folder, await sha256(new TextEncoder().encode(key)));
  return {
    async get(key) {
      const file = await readFile(await pathOf(key));
      const end = file.length - LENGTH;
      const begin = end - file.readUInt32LE(end);
      return { ...JSON.parse(file.toString('utf8', begin, end)), bytes: file.subarray(0, begin) };
    },
    async put(key, { bytes, ...about }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = await pathOf(key);
      const temporary = `${path}.${crypto.randomUUID()}.tmp`;
      const json = Buffer.from(JSON.stringify(about));
      const length = Buffer.alloc(LENGTH);
      length.writeUInt32LE(json.length);
      try {
        await writeFile(temporary, bytes, { flag: 'wx' });
        await appendFile(temporary, Buffer.concat([json, length]));
        // Whoever reads it meanwhile has all of the old one, or all of the new one.
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await sweep(folder);
    },
  };
}

async function sweep(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((name) => TEMPORARY.test(name))) {
    const path = join(folder, name);
    if (Date.now() - (await stat(path)).mtimeMs > DAY) await rm(path, { force: true });
  }
}
