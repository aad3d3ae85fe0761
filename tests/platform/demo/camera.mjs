// The camera, in Chromium: one that Chromium makes up, and none.
import assert from 'node:assert/strict';

export function camera(page) {
  return {
    async 'what the camera sees is classified, until it is turned off'() {
      await page.isReady();
      await page.click('#camera');
      await page.until('frames are counted', async () => /Frames a second[\d.]+/.test(await page.text('#metrics')));
      assert.equal(await page.evaluate(() => document.querySelectorAll('#classes li').length), 5);
      const frames = () => page.evaluate(() => document.querySelector('#video').currentTime);
      const before = await frames();
      await page.until('it moves on', async () => (await frames()) > before);
      assert.ok(await page.isHidden('#picture'));
      await page.evaluate(() => {
        window.tracks = document.querySelector('#video').srcObject.getTracks();
      });
      await page.click('#camera');
      assert.ok(await page.evaluate(() => window.tracks.every(({ readyState }) => readyState === 'ended')));
      assert.ok(!(await page.isHidden('#picture')));
      await page.click('#camera');
      await page.until('it is on again', async () => !(await page.isHidden('#video')));
      await page.click('.sample[data-file^="bird"]');
      await page.sees('bird');
      assert.equal(await page.evaluate(() => document.querySelector('#camera').ariaPressed), 'false');
    },
  };
}

export function noCamera(page) {
  return {
    async 'where there is no camera, the page says so'() {
      await page.isReady();
      await page.click('#camera');
      await page.until('it says so', async () =>
        /^There is no camera.*None was found/s.test(await page.text('#classify-problem')),
      );
      await page.click('.sample[data-file^="bird"]');
      await page.sees('bird');
    },
  };
}
