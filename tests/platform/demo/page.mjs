// What a test does with the demo's page, the same in every browser: both drivers evaluate functions in it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that anything may take, on a machine that is busy with other things. */
export const PATIENCE = 240_000;

export class DemoPage {
  #page;
  #downloads;

  /** `upload(selector, path)` and `select(selector, value)` are what the drivers spell differently; files are saved in `downloads`. */
  constructor(page, { upload, select, downloads }) {
    this.#page = page;
    this.#downloads = downloads;
    Object.assign(this, { upload, select });
  }

  evaluate(work, ...values) {
    return this.#page.evaluate(work, ...values);
  }

  click(selector) {
    return this.#page.click(selector);
  }

  press(key) {
    return this.#page.keyboard.press(key);
  }

  text(selector) {
    return this.evaluate((selector) => document.querySelector(selector).textContent.trim(), selector);
  }

  isHidden(selector) {
    return this.evaluate((selector) => document.querySelector(selector).closest('[hidden]') !== null, selector);
  }

  /** Until `ask` gives something true, which is returned. */
  async until(what, ask, patience = PATIENCE) {
    for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
      const answer = await ask();
      if (answer) return answer;
    }
    throw new Error(`waited ${patience / 1000} s in vain until ${what}; the page says "${await this.#says()}"`);
  }

  /** What it tells of its state and of problems. */
  #says() {
    return this.evaluate(() => {
      const told = [...document.querySelectorAll('#model-state, .job, .problem')].filter((element) => !element.hidden);
      return told.map(({ textContent }) => textContent.trim()).join('; ');
    });
  }

  /** Until the best class is this one. */
  async sees(label) {
    const best = () => this.evaluate(() => document.querySelector('#classes li .label')?.textContent);
    await this.until(`the best class is ${label}`, async () => (await best()) === label).catch(async (error) => {
      throw new Error(`${error.message}, and that the best class is ${await best()}`, { cause: error });
    });
  }

  /** Until the picture that is shown was run often enough for its times to say something. */
  isTimed() {
    return this.until('it was timed', () => this.evaluate(() => document.querySelector('#frame').ariaBusy === 'false'));
  }

  isReady() {
    return this.until('the model is loaded', async () => /ready$/.test(await this.text('#model-state')));
  }

  /** A file from the page's own origin, handed over as `kind`, 'drop' or 'paste', would. */
  give(kind, address, name, type) {
    return this.evaluate(
      async ([kind, address, name, type]) => {
        const bytes = await (await fetch(address)).arrayBuffer();
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name, { type }));
        const event = new Event(kind, { bubbles: true, cancelable: true });
        Object.defineProperty(event, kind === 'drop' ? 'dataTransfer' : 'clipboardData', { value: transfer });
        document.body.dispatchEvent(event);
      },
      [kind, address, name, type],
    );
  }

  /** The bytes of what a button saves; a file has its name, or any bytes under it, once it is whole. */
  async download(button, name) {
    const path = join(this.#downloads, name);
    rmSync(path, { force: true });
    await this.click(button);
    await this.until(`${name} is saved`, () => existsSync(path) && readFileSync(path).length > 0);
    return readFileSync(path);
  }

  /** What axe finds, and what is wider than the page. */
  async complaints(axe) {
    await this.evaluate(axe);
    const found = await this.evaluate(async () => {
      const { violations } = await window.axe.run({ resultTypes: ['violations'] });
      const { scrollWidth } = document.documentElement;
      return [
        ...violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`)),
        ...(scrollWidth > innerWidth ? [`the page is ${scrollWidth} pixels wide, the window ${innerWidth}`] : []),
      ];
    });
    return found;
  }
}

/** Of comma-separated values without quotes. */
export function rowsOf(csv) {
  assert.ok(!csv.includes('""'), 'a cell with quotes in it');
  const lines = csv.trimEnd().split('\r\n');
  const cells = lines.map((line) => [...line.matchAll(/("[^"]*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell.replaceAll('"', '')));
  const [head, ...rows] = cells;
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}
