// What measurements say of where they were made.
import type { Environment } from '../../src/bench/record.js';
import { version } from './built.js';

/** In the browser's own words. */
export function environment(): Environment {
  const cores = navigator.hardwareConcurrency;
  return {
    date: new Date().toISOString(),
    device: `${cores} ${cores === 1 ? 'core' : 'cores'}, ${navigator.platform}`,
    engine: navigator.userAgent,
    hetconv: version,
  };
}

/** The name and version of the browser, for people. */
export function browserName(): string {
  const [, name, version] = navigator.userAgent.match(/(Firefox|Edg|Chrome|Version)\/(\d+)/) ?? [];
  const names: Record<string, string> = { Firefox: 'Firefox', Edg: 'Edge', Chrome: 'Chromium', Version: 'Safari' };
  return name && version ? `${names[name]} ${version}` : 'this browser';
}
