// examples/vite in Chromium: built as a static page, and from Vite's development server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { install } from '../install.mjs';
import { commandOf, copyExample } from './project.mjs';
import { labelOf, PICTURES, pathOf } from './samples.mjs';

install();
const [{ chromium }, vite] = await Promise.all([import('playwright-core'), import('vite')]);

describe('examples/vite', () => {
  const root = copyExample('vite');
  const configuration = {
    root,
    logLevel: 'warn',
    preview: { host: '127.0.0.1', port: 0 },
    server: { host: '127.0.0.1', port: 0 },
  };
  let browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  });
  after(() => browser.close());

  /** Picks pictures in the page that is served, and closes the server. */
  async function classifies(server) {
    const page = await browser.newPage();
    const strange = [];
    page.on('console', (message) => message.type() === 'error' && strange.push(message.text()));
    page.on('pageerror', (error) => strange.push(error.message));
    const [url] = server.resolvedUrls.local;
    page.on('request', (request) => new URL(request.url()).origin === new URL(url).origin || strange.push(request.url()));
    try {
      await page.goto(url);
      const input = page.getByLabel('A picture');
      const status = page.getByRole('status');
      await status.getByText('Ready.').waitFor();
      for (const name of Object.keys(PICTURES)) {
        await input.setInputFiles(pathOf(name));
        await status.getByText(`${name}: ${labelOf(name)} (`).waitFor();
        assert.equal(await page.getByRole('meter').count(), 5);
      }
      await input.setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('hello') });
      await status.getByText('this is no picture').waitFor();
      assert.deepEqual(strange, []);
    } finally {
      await page.close();
      await server.close();
    }
  }

  it('is built, and classifies', async () => {
    await vite.build(configuration);
    await classifies(await vite.preview(configuration));
  });

  it('classifies from the development server', async () => {
    const server = await vite.createServer(configuration);
    await classifies(await server.listen());
  });

  it('has types that fit', () => {
    execFileSync(process.execPath, [commandOf('typescript', 'tsc'), '--project', root], { stdio: 'inherit' });
  });
});
