// What a user downloads stays small: brotli at its best, as servers of static files send it.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { loadedBy } from './support/distribution.js';

const VARIANTS = ['dist/simd.wasm', 'dist/relaxed.wasm'];
/** Bytes of an entry and all that it imports at once, file by file, with the larger binary: what it takes to run a model of the native format. */
const AT_ONCE = 39 * 1024;
/** Of the AssemblyScript loader, which Node's entry alone imports. */
const LOADER = 2 * 1024;
/** Bytes of everything that any use of an entry imports, with the larger binary; the codecs are packages of others. */
const AT_MOST = 120 * 1024;

/** Bytes of what workerd parses at start. */
const TO_PARSE = 136 * 1024;

/** Of files that are served one by one. */
function compressed(...files: readonly string[]): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  return files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(file), { params }).length, 0);
}

async function scriptsOf(entry: string, lazily: boolean): Promise<string[]> {
  const { files } = await loadedBy(entry, lazily);
  return [...files.keys()].filter((file) => file.endsWith('.js'));
}

describe('size', () => {
  const largest = Math.max(...VARIANTS.map((file) => compressed(file)));

  for (const file of VARIANTS) {
    it(`${file} is at most 64 KB as it is`, () => {
      const { size } = statSync(file);
      assert.ok(size <= 64 * 1024, `${size} bytes`);
    });
  }

  for (const entry of ['dist/browser.js', 'dist/node.js', 'dist/workerd.js', 'dist/edge.js']) {
    const limit = AT_ONCE + (entry === 'dist/node.js' ? LOADER : 0);
    it(`${entry}, what it imports at once and a binary are at most ${limit} bytes, in 3 scripts`, async () => {
      const scripts = await scriptsOf(entry, false);
      const bytes = compressed(...scripts);
      assert.ok(bytes + largest <= limit, `scripts ${bytes}, a binary ${largest}`);
      assert.ok(scripts.length <= 3, `${scripts}`);
    });

    it(`${entry}, everything that it may import and a binary are at most ${AT_MOST} bytes`, async () => {
      const scripts = compressed(...(await scriptsOf(entry, true)).filter((file) => !isCodec(file)));
      assert.ok(scripts + largest <= AT_MOST, `scripts ${scripts}, a binary ${largest}`);
    });
  }

  it(`dist/workerd-native.js, which workerd parses before its first request, is at most ${TO_PARSE} bytes as it is`, () => {
    const { size } = statSync('dist/workerd-native.js');
    assert.ok(size <= TO_PARSE, `${size} bytes`);
  });

  it(`dist/inline.js, which has both binaries, is at most ${AT_MOST} bytes`, () => {
    const bytes = compressed('dist/inline.js');
    assert.ok(bytes <= AT_MOST, `${bytes} bytes`);
  });
});

/** Emscripten's glue of a codec, in a chunk of its own. */
function isCodec(file: string): boolean {
  return /mozjpeg_dec\.wasm|webp_dec\.wasm/.test(readFileSync(file, 'utf8'));
}
