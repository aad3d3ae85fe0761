// The way of a visitor through the demo: picture, own model, layers, experiment, files. The same in every browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { rowsOf } from './page.mjs';

/** Titles of the figures that the experiment shows on demand. */
const OTHER_FIGURES = ['Speed-up of each layer', 'Promise kept, by width of the classes', 'Where the time goes', 'Roofline'];
const NUMBER = /^[\d.,]+( ms| MB)?$/;

/** `files`: paths of a model of one's own in ONNX, of one that is broken, of a text; `page` has just been opened. */
export function flow(page, files) {
  return {
    async 'the model loads with progress, and a sample is classified'() {
      await page.isReady();
      await page.sees('cat');
      const states = await page.evaluate(() => window.modelStates);
      assert.ok(
        states.some((state) => /^\d+\.\d MB of 10\.4 MB$/.test(state)),
        `the page never said how much is loaded: ${states.join('; ')}`,
      );
      await page.isTimed();
      assert.match(await page.text('#metrics-note'), /^Medians of the last \d+ runs, /);
      const metrics = await page.evaluate(() =>
        Object.fromEntries(
          [...document.querySelectorAll('#metrics div')].map((div) => [...div.children].map((c) => c.textContent)),
        ),
      );
      for (const name of ['Network', 'Picture', 'Runs a second', 'Memory']) assert.match(metrics[name], NUMBER, name);
      assert.match(metrics.Binary, /^(relaxed )?SIMD$/);
      const shares = await page.evaluate(() =>
        [...document.querySelectorAll('#classes .share')].map((e) => parseFloat(e.textContent)),
      );
      assert.equal(shares.length, 5);
      assert.ok(
        shares.every((share, i) => share >= 0 && share <= (shares[i - 1] ?? 100)),
        `${shares}`,
      );
      assert.ok(await page.evaluate(() => crossOriginIsolated), 'the page is isolated');
    },

    async 'a picture is dropped, another pasted, another chosen'() {
      await page.give('drop', 'samples/truck-1.jpg', 'lorry.jpg', 'image/jpeg');
      await page.sees('truck');
      await page.until('it is said aloud', async () =>
        /^lorry\.jpg: truck, \d+\.\d %; then /.test(await page.text('#announcement')),
      );
      await page.give('paste', 'samples/ship-1.png', 'image.png', 'image/png');
      await page.sees('ship');
      await page.upload('#picture-file', files.picture);
      await page.sees('horse');
      assert.equal(await page.evaluate(() => document.querySelectorAll('.sample[aria-pressed="true"]').length), 0);
    },

    async 'a sample is picked with the keyboard'() {
      await page.evaluate(() => document.querySelector('.sample[data-file^="frog"]').focus());
      await page.press('Enter');
      await page.sees('frog');
      assert.equal(await page.evaluate(() => document.activeElement.ariaPressed), 'true');
    },

    async 'what is no picture, and what is no file, is refused in words'() {
      await page.upload('#picture-file', files.text);
      await page.until('it is refused', async () => !(await page.isHidden('#classify-problem')));
      assert.match(await page.text('#classify-problem'), /^“notes\.txt” could not be classified.*bad-image$/s);
      await page.evaluate(() => {
        const event = new Event('drop', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'dataTransfer', { value: new DataTransfer() });
        document.body.dispatchEvent(event);
      });
      await page.until('nothing is refused', async () => /holds no file/.test(await page.text('#classify-problem')));
      await page.click('.sample[data-file^="dog"]');
      await page.sees('dog');
      assert.ok(await page.isHidden('#classify-problem'));
    },

    async 'a broken model is refused, one of ONNX is used, and the bundled one comes back'() {
      await page.upload('#model-file', files.broken);
      await page.until('it is refused', async () => !(await page.isHidden('#classify-problem')));
      assert.match(await page.text('#classify-problem'), /^“broken\.safetensors” could not be loaded.*bad-file$/s);
      assert.equal(await page.text('#model-name'), 'VGG-16 HetConv P4');
      await page.click('.sample[data-file^="deer"]');
      await page.sees('deer');
      await page.upload('#model-file', files.onnx);
      await page.until('it is in use', async () => (await page.text('#model-name')) === 'own.onnx');
      await page.isReady();
      await page.sees('deer');
      assert.match(await page.text('#card-name'), /^own\.onnx/);
      assert.ok(await page.isHidden('#bundled-card'));
      await page.click('#model-bundled');
      await page.until('the bundled one is in use', async () => (await page.text('#model-name')) === 'VGG-16 HetConv P4');
      await page.isReady();
      assert.ok(!(await page.isHidden('#bundled-card')));
      assert.match(await page.text('#facts'), /Multiply-accumulates106 M/);
    },

    async 'the layers are measured'() {
      await page.click('#profile-run');
      await page.until('they are measured', () =>
        page.evaluate(() => document.querySelectorAll('#profile-figures svg').length === 2),
      );
      assert.match(await page.text('#profile-words'), /^A run takes [\d.]+ ms .* [\d.]+ GFLOP\/s of the [\d.]+ /);
      const labels = await page.evaluate(() => [...document.querySelectorAll('#profile-figures text')].map((e) => e.textContent));
      for (const layer of ['conv1_1', 'conv5_3', 'inputs and outputs'])
        assert.ok(labels.includes(layer), `${layer} in ${labels}`);
      assert.ok(await page.isHidden('#profile-problem'));
    },

    async 'an experiment without a choice says so; one that is stopped leaves the page as it was'() {
      await page.select('#architecture', 'resnet20-cifar10');
      for (const part of [2, 4, 8, 16]) await page.click(`input[name="part"][value="${part}"]`);
      assert.match(await page.text('#experiment-problem'), /at least one P/);
      for (const part of [4, 8]) await page.click(`input[name="part"][value="${part}"]`);
      assert.ok(await page.isHidden('#experiment-problem'));
      assert.match(await page.text('#experiment-plan'), /^2 networks beside the dense one of 41 M .* HetConv P8 promises /);
      await page.click('#experiment-run');
      await page.until('it runs', async () => !(await page.isHidden('#experiment-stop')));
      assert.equal(await page.evaluate(() => document.activeElement.id), 'experiment-stop');
      await page.click('#experiment-stop');
      await page.until('it is stopped', async () => !(await page.isHidden('#experiment-run')));
      assert.ok(await page.isHidden('#experiment-job'));
      assert.equal(await page.evaluate(() => document.activeElement.id), 'experiment-run');
    },

    async 'an experiment runs while the page is used; its figure, table, CSV, JSON and PNG agree'() {
      await page.click('#experiment-run');
      await page.until('it advances', async () => /^Measuring: \d+ %/.test(await page.text('#experiment-job')));
      await page.click('.sample[data-file^="airplane"]');
      await page.sees('airplane');
      await page.until('points appear', () =>
        page.evaluate(() => document.querySelectorAll('#experiment-figures circle').length > 0),
      );
      assert.ok(await page.isHidden('#experiment-details'), 'the first points come before the end');
      await page.until('it ends', async () => !(await page.isHidden('#experiment-details')));
      await page.until('its figures are drawn', () =>
        page.evaluate(() => document.querySelectorAll('#experiment-figures svg').length === 2),
      );
      assert.equal(
        await page.evaluate(() => document.querySelectorAll('#experiment-figures figure:first-child circle').length),
        6,
      );

      const csv = rowsOf((await page.download('#download-csv', 'hetconv-resnet20-cifar10.csv')).toString());
      assert.deepEqual(
        csv.map(({ entry, accuracy }) => `${entry} ${accuracy}`),
        ['standard', 'HetConv P4', 'HetConv P8'].flatMap((entry) => [`${entry} direct`, `${entry} standard`]),
      );
      const record = JSON.parse(await page.download('#download-json', 'hetconv-resnet20-cifar10.json'));
      const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync('docs/bench-schema.json', 'utf8')));
      assert.ok(validate(record), JSON.stringify(validate.errors?.slice(0, 3)));
      const { rows } = record.networks[0];
      assert.deepEqual(
        csv.map(({ median_ms, promised }) => [Number(median_ms), Number(promised)]),
        rows.map(({ latency, versusDirect }) => [latency.medianMs, versusDirect.promised]),
      );
      const table = await page.evaluate(() =>
        [...document.querySelectorAll('#experiment-table tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
      );
      assert.deepEqual(
        table.map(([entry, , , ms]) => [entry, Number(ms.replace('~ ', ''))]),
        rows.map(({ entry, latency }) => [entry, Number(latency.medianMs.toPrecision(3))]),
      );
      const png = await page.download('#download-png', 'hetconv-resnet20-cifar10.png');
      assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20) > 800], [1800, true]);
      assert.ok(png.length > 20_000, `a figure of ${png.length} bytes has nothing in it`);

      await page.click('#experiment-more summary');
      const others = () =>
        page.evaluate(() =>
          [...document.querySelectorAll('#experiment-others .drawing > svg')].map((svg) => svg.getAttribute('aria-label')),
        );
      await page.until('the others are drawn', async () => (await others()).length >= OTHER_FIGURES.length);
      assert.deepEqual(await others(), OTHER_FIGURES);
      assert.ok(await page.isHidden('#experiment-problem'));
    },
  };
}
