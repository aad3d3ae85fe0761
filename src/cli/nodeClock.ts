// Node's clocks, and what a record says of the machine.
import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import type { Clock } from '../bench/clock.js';
import type { Environment } from '../bench/record.js';
import { VERSION } from './packageRoot.js';

export const nodeClock: Clock = {
  now: () => performance.now(),
  // Of the whole process: Linux tells a single thread's only as of the last tick.
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  pause: () => new Promise(setImmediate),
};

export function nodeEnvironment(): Environment {
  const cores = availableParallelism();
  return {
    date: new Date().toISOString(),
    device: `${cpus()[0]?.model.trim() ?? arch()}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${platform()} ${release()} ${arch()}`,
    engine: `Node ${process.versions.node} (V8 ${process.versions.v8})`,
    hetconv: VERSION,
  };
}
