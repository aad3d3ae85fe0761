// Cold start in Chromium: from the navigation to the first result, files in the HTTP cache, by the first page of a browser process and by the
// next one of the same process.
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

/** Milliseconds since the navigation began. */
export interface Moments {
  /** The library's script has run. */
  readonly imported: number;
  /** The model can run: read, compiled, planned. */
  readonly loaded: number;
  /** The first result is there. */
  readonly done: number;
}

export const PAGES = ['first page of a browser', 'later page'] as const;
export type Page = (typeof PAGES)[number];

export interface StartRecord {
  readonly contestant: string;
  readonly page: Page;
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
  readonly visits: Readonly<Record<Page, Moments[]>>;
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
    visits: { 'first page of a browser': [], 'later page': [] },
  }));
  /** Starts a browser, and gives what its pages measured in turn. */
  const visit = async ({ contestant, profile }: Visitor, stay = 0) => {
    const context = await playwright.launchPersistentContext(profile, CHROMIUM);
    try {
      const results = new Map<Page, Moments & { readonly output: number[] }>();
      for (const name of PAGES) {
        const page = await context.newPage();
        await sleep(SETTLE);
        await page.goto(`${server.address}/start/${contestant}.html`);
        results.set(name, await (await page.waitForFunction('globalThis.result')).jsonValue());
        await sleep(stay);
        await page.close();
      }
      return results;
    } finally {
      await context.close();
    }
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
      for (const [page, { imported, loaded, done }] of await visit(visitor))
        visitor.visits[page].push({ imported, loaded, done });
    };
    await takeTurns(visitors, turn, { rounds, onRound: (done, all) => onProgress(done, all, 'visits') });
  } finally {
    server.close();
    for (const { profile } of visitors) rmSync(profile, { recursive: true, force: true });
  }
  const samples = ({ visits }: Visitor, page: Page, moment: keyof Moments): Samples => {
    const times = visits[page].map((one) => one[moment]);
    return { rounds: times, kept: times, dropped: 0 };
  };
  const records = PAGES.flatMap((page) => {
    const own = samples(visitors[0]!, page, 'done');
    return visitors.map((visitor) => {
      const { contestant } = visitor;
      const summary = (moment: keyof Moments) => summarise(samples(visitor, page, moment), `${contestant} ${moment}`);
      const versus = ratioOf(samples(visitor, page, 'done'), own, 0, contestant);
      return { contestant, page, imported: summary('imported'), loaded: summary('loaded'), done: summary('done'), versus };
    });
  });
  return { browser: `Chromium ${chromium.version}`, records };
}
