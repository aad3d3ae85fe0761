// What runs converted models, and nothing else.
import { loadModel } from 'hetconv/workerd/native';
import { workerOf } from './inference.js';

export default workerOf(loadModel);
