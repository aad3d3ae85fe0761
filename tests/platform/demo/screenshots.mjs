// Pictures of the demo for its documentation, as WebP, which the browser itself encodes.
import { writeFileSync } from 'node:fs';

const QUALITY = 0.82;

/** Of a page that was just opened: the top of it, and the experiment once it was run. */
export async function takeScreenshots({ page, raw }, { width, scheme }, folder) {
  await page.isReady();
  await page.sees('cat');
  await page.click('.sample[data-file="cat-2.jpg"]');
  await page.isTimed();
  await raw.mouse.move(0, 0);
  const shoot = async (name, selector) => {
    const bottom = await page.evaluate(
      (selector) => document.querySelector(selector).getBoundingClientRect().bottom + scrollY,
      selector,
    );
    const top =
      name === 'classify'
        ? 0
        : await page.evaluate((name) => document.getElementById(name).getBoundingClientRect().top + scrollY, name);
    const png = await raw.screenshot({ fullPage: true, clip: { x: 0, y: top, width, height: bottom - top } });
    writeFileSync(`${folder}/demo-${name}-${width}-${scheme}.webp`, await webp(page, png));
  };
  await shoot('classify', '#classify');
  await page.click('#profile-run');
  await page.until('the layers are measured', () =>
    page.evaluate(() => document.querySelectorAll('#profile-figures svg').length === 2),
  );
  await shoot('layers', '#layers');
  await page.select('#effort', 'normal');
  await page.click('#experiment-run');
  await page.until('the experiment ends', async () => !(await page.isHidden('#experiment-details')), 600_000);
  await shoot('experiment', '#experiment');
}

async function webp(page, png) {
  const text = await page.evaluate(
    async ([png, quality]) => {
      const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
      const encoded = new Uint8Array(await blob.arrayBuffer());
      let letters = '';
      for (const byte of encoded) letters += String.fromCharCode(byte);
      return btoa(letters);
    },
    [png.toString('base64'), QUALITY],
  );
  return Buffer.from(text, 'base64');
}
