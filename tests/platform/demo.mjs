// The built web demo in Chromium and Firefox: the way of a visitor, the camera, a plain static host, and what axe says by day and by
// night, wide and narrow. Nothing is asked of another origin, nothing is logged.
//   node tests/platform/demo.mjs [--screenshots]     after npm run demo:build; screenshots go to docs/screenshots
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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

let failed = 0;
async function test(name, work) {
  const begin = performance.now();
  try {
    await work();
    console.log(`ok: ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}\n  ${error.stack.replaceAll('\n', '\n  ')}`);
  }
}

/** One after the other; whatever is strange fails the test during which it happened. */
async function each(where, tests, strange) {
  for (const [name, work] of Object.entries(tests)) {
    await test(`${where}: ${name}`, async () => {
      await work();
      if (strange.length > 0) throw new Error(`the page ${strange.splice(0).join('; ')}`);
    });
  }
}

const look = ({ page }) => ({
  async 'axe finds nothing, and nothing is wider than the page'() {
    await page.isReady();
    await page.sees('cat');
    await page.click('#profile-run');
    await page.select('#architecture', 'resnet20-cifar10');
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
const isolated = await serve();
const plain = await serve({ headers: new Map(), base: '/some/where' });
try {
  if (process.argv.includes('--screenshots')) {
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
process.exit(failed === 0 ? 0 : 1);
