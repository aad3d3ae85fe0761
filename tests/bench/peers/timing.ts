// What the guests share of this package's benchmarks: when outputs agree, and how times are taken.
export { measure } from '../../../src/bench/measure.js';
export { Stopwatch, shortestTiming, warmUp } from '../../../src/bench/stopwatch.js';
export { requireAgreement } from './agreement.js';
