// Cold start in Chromium, by the first page of a browser process and by the next one of the same process: from the navigation to the first
// result, files in the HTTP cache; and from the import to the first result on a page that has read the model's file before.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeTurns } from '../../../src/bench/measure.js';
import { type Ratio, ratioOf, type Samples, type Summary, summarise } from '../../../src/bench/statistics.js';
import { testModule } from '../../support/testModule.js';
import { requireAgreement } from './agreement.js';
import { TRAINED, trainedModel } from './models.js';
import type { OnProgress, PeerProject } from './project.js';

/** Milliseconds since the navigation began, or since the page had the file. */
export interface Moments {
  /** The library's script has run. */
  readonly imported: number;
  /** The model can run: read, compiled, planned. */
  readonly loaded: number;
  /** The first result is there. */
  readonly done: number;
}

const PAGES = ['first page of a browser', 'later page'] as const;
/** How a page gets the file, by the fragment of its address. */
const FILES = { '': 'from the navigation on', '#held': 'file in memory before' } as const;
const STARTS = Object.entries(FILES).flatMap(([fragment, file]) => PAGES.map((page) => ({ fragment, name: `${page}, ${file}` })));

export interface StartRecord {
  readonly contestant: string;
  readonly start: string;
  readonly imported: Summary;
  readonly loaded: Summary;
  readonly done: Summary;
  /** How many times sooner hetconv is done. */
  readonly versus: Ratio;
}

const CONTESTANTS = ['hetconv', 'onnxruntime-web', 'LiteRT.js'];
/** Visits before any counts, and milliseconds that they stay: caches of files and of compiled code fill. */
const VISITS = 3;
const STAY = 2000;
/** A browser that just started has other things to do. */
const SETTLE = 1000;

interface Visitor {
  readonly contestant: string;
  readonly profile: string;
  readonly visits: ReadonlyMap<string, Moments[]>;
}

export async function benchStart(
  project: PeerProject,
  { rounds, onProgress }: { readonly rounds: number; readonly onProgress: OnProgress },
): Promise<{ readonly browser: string; readonly records: readonly StartRecord[] }> {
  const { CHROMIUM, chromium } = await testModule('platform/runtimes/browsers.mjs');
  const { ISOLATED, serve } = await testModule('platform/server.mjs');
  const { chromium: playwright } = createRequire(resolve('tests/platform/package.json'))('playwright-core');
  await project.write('vgg', await trainedModel());
  copyFileSync(`${TRAINED}/model.safetensors`, join(project.root, 'vgg/model.safetensors'));
  const headers = { ...ISOLATED, 'Cache-Control': 'public, max-age=31536000, immutable' };
  const server = await serve(project, { headers });
  const visitors: Visitor[] = CONTESTANTS.map((contestant) => ({
    contestant,
    profile: mkdtempSync(join(tmpdir(), 'hetconv-start-')),
    visits: new Map(STARTS.map(({ name }) => [name, []])),
  }));
  /** Starts a browser for each way to get the file, and gives what its pages measured in turn. */
  const visit = async ({ contestant, profile }: Visitor, stay = 0) => {
    const results = new Map<string, Moments & { readonly output: number[] }>();
    for (const fragment of Object.keys(FILES)) {
      const context = await playwright.launchPersistentContext(profile, CHROMIUM);
      try {
        for (const { name } of STARTS.filter((start) => start.fragment === fragment)) {
          const page = await context.newPage();
          await sleep(SETTLE);
          await page.goto(`${server.address}/start/${contestant}.html${fragment}`);
          results.set(name, await (await page.waitForFunction('globalThis.result')).jsonValue());
          await sleep(stay);
          await page.close();
        }
      } finally {
        await context.close();
      }
    }
    return results;
  };
  try {
    let reference: number[] | undefined;
    for (const visitor of visitors) {
      for (let i = 0; i < VISITS; i++) {
        onProgress(0, rounds, visitor.contestant);
        for (const { output } of (await visit(visitor, STAY)).values()) {
          reference ??= output;
          requireAgreement(output, reference);
        }
      }
    }
    const turn = async (visitor: Visitor): Promise<void> => {
      for (const [start, { imported, loaded, done }] of await visit(visitor))
        visitor.visits.get(start)!.push({ imported, loaded, done });
    };
    await takeTurns(visitors, turn, { rounds, onRound: (done, all) => onProgress(done, all, 'visits') });
  } finally {
    server.close();
    for (const { profile } of visitors) rmSync(profile, { recursive: true, force: true });
  }
  const samples = ({ visits }: Visitor, start: string, moment: keyof Moments): Samples => {
    const times = visits.get(start)!.map((one) => one[moment]);
    return { rounds: times, kept: times, dropped: 0 };
  };
  const records = STARTS.flatMap(({ name: start }) => {
    const own = samples(visitors[0]!, start, 'done');
    return visitors.map((visitor) => {
      const { contestant } = visitor;
      const summary = (moment: keyof Moments) => summarise(samples(visitor, start, moment), `${contestant} ${moment}`);
      const versus = ratioOf(samples(visitor, start, 'done'), own, 0, contestant);
      return { contestant, start, imported: summary('imported'), loaded: summary('loaded'), done: summary('done'), versus };
    });
  });
  return { browser: `Chromium ${chromium.version}`, records };
}
