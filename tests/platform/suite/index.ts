// The suite: importing it registers every test, in the order of the matrix.
import './loading.js';
import './fetching.js';
import './resuming.js';
import './caching.js';
import './cards.js';
import './running.js';
import './workers.js';
import './goldens.js';
import './pictures.js';
import './pagePictures.js';
import './page.js';
import './inline.js';
import './hostile.js';
import './inspection.js';
import './soak.js';

export { compareShared } from './compareShared.js';
export { type Result, runSuite } from './runSuite.js';
export type { Environment } from './test.js';
export { tests } from './test.js';
