// The demo in a browser: opened, watched, closed again.
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { CHROMIUM } from '../runtimes/browsers.mjs';
import { DemoPage, PATIENCE } from './page.mjs';

const FAKE_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Runs in the page before its own scripts: keeps what it says while the model loads. */
function keepStates() {
  window.modelStates = [];
  const keep = () => {
    const said = document.querySelector('#model-state')?.textContent;
    if (said && said !== window.modelStates.at(-1)) window.modelStates.push(said);
  };
  new MutationObserver(keep).observe(document, { subtree: true, childList: true, characterData: true });
}

/** Everything strange that a page does: what it logs, what it asks of others. */
function watch(page, url, strange) {
  page.on('console', (message) => strange.push(`logs ${message.text()}`));
  page.on('pageerror', (error) => strange.push(`throws ${error.message}`));
  page.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(blob|data):/.test(address)) strange.push(`asks for ${address}`);
  });
}

/** Lines that tell why a browser ended. */
const LAST_LINES = 20;

/** That a browser's process ends is strange too: its driver knows only that a connection is closed. `close` ends it without. */
function watchProcess(child, strange) {
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      if (lines.push(line) > LAST_LINES) lines.shift();
    });
  }
  const tell = (code, signal) =>
    strange.push(`loses its browser, which ended with ${signal ?? code} and said last\n${lines.join('\n')}`);
  child.once('exit', tell);
  return () => child.off('exit', tell);
}

/** A folder for what the page saves, which is removed afterwards. */
async function withFolder(use) {
  const downloads = mkdtempSync(join(tmpdir(), 'hetconv-demo-'));
  try {
    return await use(downloads);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

/** Opens the page in a browser of its own, and gives `use` the DemoPage, the driver's page and all that is strange about it. */
export function inChromium(url, { width = 1280, scheme = 'light', camera = true } = {}, use) {
  return withFolder(async (downloads) => {
    const browser = await playwright.launch({
      ...CHROMIUM,
      timeout: PATIENCE,
      args: [...CHROMIUM.args, ...(camera ? FAKE_CAMERA : [])],
    });
    try {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: scheme,
        permissions: ['camera'],
      });
      context.setDefaultTimeout(PATIENCE);
      const raw = await context.newPage();
      const strange = [];
      watch(raw, url, strange);
      raw.on('crash', () => strange.push('crashes'));
      raw.on('download', async (download) => {
        const path = join(downloads, download.suggestedFilename());
        await download.saveAs(`${path}.part`);
        renameSync(`${path}.part`, path);
      });
      await raw.addInitScript(keepStates);
      await raw.goto(url);
      const page = new DemoPage(raw, {
        downloads,
        upload: (selector, path) => raw.setInputFiles(selector, path),
        select: (selector, value) => raw.selectOption(selector, value),
      });
      return await use({ page, strange, raw });
    } finally {
      await browser.close();
    }
  });
}

export function inFirefox(url, { width = 1280, scheme = 'light' } = {}, use) {
  return withFolder(async (downloads) => {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      timeout: PATIENCE,
      protocolTimeout: PATIENCE,
      extraPrefsFirefox: {
        'layout.css.prefers-color-scheme.content-override': scheme === 'dark' ? 0 : 1,
        'browser.download.folderList': 2,
        'browser.download.dir': downloads,
        'browser.download.alwaysOpenPanel': false,
      },
    });
    const strange = [];
    const unwatch = watchProcess(browser.process(), strange);
    try {
      const raw = await browser.newPage();
      raw.setDefaultTimeout(PATIENCE);
      await raw.setViewport({ width, height: 900 });
      watch(raw, url, strange);
      await raw.evaluateOnNewDocument(keepStates);
      await raw.goto(url);
      const page = new DemoPage(raw, {
        downloads,
        upload: async (selector, path) => (await raw.$(selector)).uploadFile(path),
        select: (selector, value) => raw.select(selector, value),
      });
      return await use({ page, strange, raw });
    } finally {
      unwatch();
      await browser.close();
    }
  });
}
