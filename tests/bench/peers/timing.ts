// How a guest takes its times: as every benchmark of this package does.
export { measure } from '../../../src/bench/measure.js';
export { summarise } from '../../../src/bench/statistics.js';
export { Stopwatch, shortestTiming, warmUp } from '../../../src/bench/stopwatch.js';
