// hetconv as it comes: every format, every picture.
import { loadModel } from 'hetconv';
import { workerOf } from './inference.js';

export default workerOf(loadModel);
