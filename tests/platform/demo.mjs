// The built web demo in Chromium and Firefox: the way of a visitor, the camera, a plain static host, and what axe says by day and by
// night, wide and narrow. Nothing is asked of another origin, nothing is logged.
//   node tests/platform/demo.mjs [--screenshots]     after npm run demo:build; screenshots go to docs/screenshots
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../demo/serve.mjs';
import { install } from './install.mjs';

install();
const { inChromium, inFirefox } = await import('./demo/browsers.mjs');
const { camera, noCamera } = await import('./demo/camera.mjs');
const { flow } = await import('./demo/flow.mjs');
const { takeScreenshots } = await import('./demo/screenshots.mjs');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const VIEWS = [1280, 360].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));

const folder = mkdtempSync(join(tmpdir(), 'hetconv-demo-files-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

function makeFiles() {
  const file = (name) => join(folder, name);
  const model = 'models/vgg16-cifar10-p4/model.safetensors';
  execFileSync(process.execPath, ['dist/cli.js', 'convert', model, file('own.onnx')], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(file('broken.safetensors'), readFileSync(model).subarray(0, 1_000_000));
  writeFileSync(file('notes.txt'), 'This is no picture.');
  return {
    onnx: file('own.onnx'),
    broken: file('broken.safetensors'),
    text: file('notes.txt'),
    picture: resolve('samples/horse-1.jpg'),
  };
}

// The drivers would close their browsers at a signal and let the tests go on without.
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    console.log(`FAILED: it was stopped by ${signal}`);
    process.exit(1);
  });
}

/** Seconds after which a test has failed: a page that hangs answers nothing. */
const LIMIT = 900;

const counts = { passed: 0, failed: 0 };

/** One after the other; whatever is strange fails the test during which it happened, and is told with what else it failed of. */
async function each(where, tests, strange) {
  for (const [name, work] of Object.entries(tests)) {
    const begin = performance.now();
    const problems = await withinLimit(work).then(
      () => [],
      ({ stack }) => [stack],
    );
    // The end of a process is told after that of its connections.
    if (problems.length > 0) await sleep(1000);
    problems.push(...strange.splice(0).map((what) => `the page ${what}`));
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? 'ok' : 'FAILED'}: ${where}: ${name} (${seconds} s)`);
    for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`);
    counts[problems.length === 0 ? 'passed' : 'failed']++;
  }
}

async function withinLimit(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${LIMIT} s`)), 1000 * LIMIT);
  });
  await Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

const look = ({ page }) => ({
  async 'axe finds nothing, and nothing is wider than the page'() {
    await page.isReady();
    await page.sees('cat');
    await page.click('#profile-run');
    await page.select('#architecture', 'resnet20-cifar10');
    for (const part of [2, 8, 16]) await page.click(`input[name="part"][value="${part}"]`);
    await page.until('the layers are measured', async () => (await page.text('#profile-words')) !== '');
    await page.click('#experiment-run');
    await page.until('the experiment ends', async () => !(await page.isHidden('#experiment-details')));
    await page.click('#experiment-more summary');
    await page.upload('#picture-file', files.text);
    await page.until('a problem is shown', async () => !(await page.isHidden('#classify-problem')));
    const found = await page.complaints(axe);
    if (found.length > 0) throw new Error(found.join('\n'));
  },
});

const files = makeFiles();
const screenshots = process.argv.includes('--screenshots');
const isolated = await serve();
const plain = await serve({ headers: new Map(), base: '/some/where' });
try {
  if (screenshots) {
    mkdirSync('docs/screenshots', { recursive: true });
    for (const view of VIEWS) await inChromium(isolated.url, view, (opened) => takeScreenshots(opened, view, 'docs/screenshots'));
  } else {
    await inChromium(isolated.url, {}, ({ page, strange }) =>
      each('Chromium', { ...flow(page, files), ...camera(page) }, strange),
    );
    await inChromium(isolated.url, { camera: false }, ({ page, strange }) => each('Chromium', noCamera(page), strange));
    await inFirefox(isolated.url, {}, ({ page, strange }) => each('Firefox', flow(page, files), strange));
    for (const view of VIEWS) {
      await inChromium(isolated.url, view, (opened) =>
        each(`Chromium, ${view.width} pixels, ${view.scheme}`, look(opened), opened.strange),
      );
    }
    await inFirefox(isolated.url, { width: 360, scheme: 'dark' }, (opened) =>
      each('Firefox, 360 pixels, dark', look(opened), opened.strange),
    );
    await inChromium(plain.url, {}, ({ page, strange }) =>
      each(
        'Chromium',
        {
          async 'on a plain static host, in a folder of it, the page works and says that it is not isolated'() {
            await page.isReady();
            await page.sees('cat');
            await page.until('it says so', async () => /not isolated/.test(await page.text('#engine')));
          },
        },
        strange,
      ),
    );
  }
} finally {
  isolated.close();
  plain.close();
}
if (!screenshots) console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
