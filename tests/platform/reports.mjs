// Reports of the built command, opened from disk in Chromium and Firefox, wide and narrow, light and dark: they load nothing, fit the
// page, show each figure once, and no two labels of a figure lie on each other. Screenshots go to build/reports.
//   node tests/platform/reports.mjs          after node build.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install } from './install.mjs';

const FOLDER = resolve('build/reports');
const QUICK = ['--rounds', '3', '--runs', '1', '--warm-up', '20'];
const VIEWS = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 360, scheme: 'light' },
  { width: 360, scheme: 'dark' },
];

/** Runs in the page: what is wrong with how it looks. */
function complaints() {
  const found = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} pixels wide`);
  const figures = [...document.querySelectorAll('figure')];
  if (figures.length < 2) found.push(`${figures.length} figures`);
  for (const figure of figures) {
    const title = figure.querySelector('h4').textContent;
    const shown = [...figure.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0);
    if (shown.length !== 1) found.push(`${title}: ${shown.length} drawings are shown`);
    const labels = [...(shown[0]?.querySelectorAll('text') ?? [])].filter((text) => text.textContent.trim() !== '');
    if (labels.length < 4) found.push(`${title}: ${labels.length} labels`);
    const boxes = labels.map((text) => ({
      name: text.textContent,
      slanted: /rotate/.test(text.getAttribute('transform')),
      box: text.getBoundingClientRect(),
    }));
    for (const [i, { name, box, slanted }] of boxes.entries()) {
      if (box.left < -1 || box.right > innerWidth + 1) found.push(`${title}: "${name}" leaves the page`);
      for (const other of boxes.slice(i + 1)) {
        // The boxes of slanted words overlap where the words do not.
        if (slanted || other.slanted) continue;
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 4) found.push(`${title}: "${name}" lies on "${other.name}"`);
      }
    }
  }
  const [ink, paper] = ['color', 'backgroundColor'].map((name) =>
    getComputedStyle(document.body)[name].match(/\d+/g).map(Number),
  );
  const contrast = Math.abs(ink[0] - paper[0]);
  if (contrast < 150) found.push(`text of ${ink} on ${paper}`);
  if (matchMedia('(prefers-color-scheme: dark)').matches !== paper[0] < 128)
    found.push(`the page is ${paper} whatever the scheme`);
  return found;
}

async function inChromium(require, check) {
  const { chromium } = require('playwright-core');
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  for (const view of VIEWS) {
    const context = await browser.newContext({ viewport: { width: view.width, height: 900 }, colorScheme: view.scheme });
    const page = await context.newPage();
    const strange = [];
    page.on('console', (message) => strange.push(message.text()));
    page.on('request', (request) => request.url().startsWith('file:') || strange.push(`asks for ${request.url()}`));
    await check('Chromium', view, page, strange, (path) => page.screenshot({ path, fullPage: true }));
    await context.close();
  }
  await browser.close();
}

async function inFirefox(require, check) {
  const { launch } = require('puppeteer-core');
  for (const view of VIEWS) {
    const browser = await launch({
      browser: 'firefox',
      executablePath: '/usr/bin/firefox-esr',
      extraPrefsFirefox: { 'layout.css.prefers-color-scheme.content-override': view.scheme === 'dark' ? 0 : 1 },
    });
    const page = await browser.newPage();
    await page.setViewport({ width: view.width, height: 900 });
    const strange = [];
    page.on('console', (message) => strange.push(message.text()));
    await check('Firefox', view, page, strange, (path) => page.screenshot({ path, fullPage: true }));
    await browser.close();
  }
}

/** Half-way between the standard network and the fastest, so that there is something to choose. */
function budgetOf(path) {
  const { rows } = JSON.parse(readFileSync(path, 'utf8')).networks[0];
  const own = rows.filter(({ accuracy, entry, part }) => accuracy === 'standard' && (part || entry === 'standard'));
  const times = own.map(({ latency }) => latency.medianMs);
  return `${((times[0] + Math.min(...times)) / 2).toFixed(6)}ms`;
}

install();
mkdirSync(FOLDER, { recursive: true });
const reports = [];
function report(name, ...args) {
  execFileSync(process.execPath, ['dist/cli.js', name, ...args, ...QUICK, '--html', `${FOLDER}/${name}.html`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  reports.push(name);
}
const times = `${FOLDER}/bench.json`;
report('bench', 'resnet20-cifar10', '--kind', 'hetconv,dwpw,gwpw,pw', '--variant', 'simd', '--json', times);
report('profile', 'vgg16-cifar10-hetconv-p4');
report('plan', '--arch', 'resnet20', '--budget', budgetOf(times), '--table', times);
let failed = 0;
async function check(browser, { width, scheme }, page, strange, screenshot) {
  for (const name of reports) {
    await page.goto(pathToFileURL(`${FOLDER}/${name}.html`).href);
    const found = [...strange.splice(0), ...(await page.evaluate(complaints))];
    await screenshot(`${FOLDER}/${name}-${browser.toLowerCase()}-${width}-${scheme}.png`);
    if (found.length > 0) failed++;
    console.log(`${found.length === 0 ? 'ok' : 'FAILED'}: the ${name} report in ${browser}, ${width} pixels, ${scheme}`);
    for (const complaint of found) console.log(`  ${complaint}`);
  }
}
const require = createRequire(import.meta.url);
await inChromium(require, check);
await inFirefox(require, check);
process.exit(failed === 0 ? 0 : 1);
