// How much memory a process holds, as Linux tells it.
import { readFileSync } from 'node:fs';

const status = (pid, key) =>
  Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm'))[1]) / 1024;

/** Megabytes in memory now, and the most that there ever were. */
export const residentMemory = (pid) => status(pid, 'VmRSS');
export const peakMemory = (pid) => status(pid, 'VmHWM');
