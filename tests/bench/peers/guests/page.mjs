// Browsers: `page.html?name=NAME`, without a bundler.
import { contestants } from './contestants/index.mjs';
import { endGuest } from './endGuest.mjs';
import { timeHere } from './latency.mjs';

const name = new URLSearchParams(location.search).get('name');
const clock = { now: () => performance.now(), pause: () => new Promise((resume) => setTimeout(resume)) };

const server = location.origin;

await endGuest(name, server, () => timeHere(name, { server, base: import.meta.url, contestants, clock }));
