// Browsers, as Debian packages them: Chromium, Firefox ESR, WebKitGTK. Each opens the page and stays until the guest has ended.
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { Browser, Builder, Capabilities } from 'selenium-webdriver';

const NO_FILES = 'a page has no paths';
const NO_MEMORY = 'a page cannot ask how much memory it holds';
const NO_WIDE_COLOR = 'its ImageData has no colorSpace';

/** The version of a Debian package; undefined where it is not installed. */
function versionOf(name) {
  try {
    const said = execFileSync('dpkg-query', ['--show', name], { encoding: 'utf8', stdio: 'pipe' });
    return said.match(/\t(\d+(\.\d+)+)/)?.[1];
  } catch {
    return undefined;
  }
}

const pageOf = (server, name) => `${server}/page.html?name=${name}`;

/** How it is launched. */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    ...['--disable-component-update', '--disable-sync'],
  ],
};

export const chromium = {
  name: 'chromium',
  version: versionOf('chromium'),
  limits: { files: NO_FILES },
  async run({ server, ended }) {
    const browser = await playwright.launch({
      ...CHROMIUM,
      args: [...CHROMIUM.args, '--enable-precise-memory-info', '--js-flags=--expose-gc'],
    });
    try {
      const page = await browser.newPage();
      await page.goto(pageOf(server, this.name));
      await ended;
    } finally {
      await browser.close();
    }
  },
};

export const firefox = {
  name: 'firefox',
  version: versionOf('firefox-esr'),
  limits: {
    files: NO_FILES,
    memory: NO_MEMORY,
    wideColor: NO_WIDE_COLOR,
    cutCompression: 'it takes a compressed answer that was cut short for whole',
  },
  async run({ server, ended }) {
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true });
    try {
      const page = await browser.newPage();
      await page.goto(pageOf(server, this.name));
      await ended;
    } finally {
      await browser.close();
    }
  },
};

export const webkit = {
  name: 'webkit',
  version: versionOf('webkit2gtk-driver'),
  limits: {
    files: NO_FILES,
    memory: NO_MEMORY,
    relaxed: 'WebKitGTK has no relaxed SIMD',
    wideColor: NO_WIDE_COLOR,
    videoFrame: 'a page of WebKitGTK that makes a VideoFrame crashes',
  },
  async run({ server, ended }) {
    const port = await freePort();
    const service = spawn('xvfb-run', ['--auto-servernum', 'WebKitWebDriver', `--port=${port}`], {
      stdio: 'ignore',
      detached: true,
    });
    try {
      const driver = await connect(port);
      try {
        await driver.get(pageOf(server, this.name));
        await ended;
      } finally {
        await driver.quit();
      }
    } finally {
      // xvfb-run does not pass signals on: its whole group ends.
      process.kill(-service.pid);
    }
  },
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A session of a driver that may still be starting. */
async function connect(port) {
  const browserOptions = { binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', args: ['--automation'] };
  const capabilities = new Capabilities()
    .setBrowserName(Browser.MINIBROWSER ?? 'MiniBrowser')
    .set('webkitgtk:browserOptions', browserOptions);
  for (let tries = 0; ; tries++) {
    try {
      return await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(capabilities).build();
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(250);
    }
  }
}
