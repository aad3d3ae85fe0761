// Browsers: `page.html?name=NAME`, without a bundler. Chromium is started with garbage collection exposed and precise sizes;
// the others expose neither.
import { endGuest } from './endGuest.mjs';
import { runGuest } from './guest.mjs';

const name = new URLSearchParams(location.search).get('name');

function memory() {
  gc();
  return performance.memory.usedJSHeapSize;
}

await endGuest(name, location.origin, async () => {
  const hetconv = await import('./node_modules/hetconv/dist/browser.js');
  const inline = () => import('./node_modules/hetconv/dist/inline.js');
  await runGuest(name, location.origin, hetconv, { inline, ...(globalThis.gc && { memory }) });
});
