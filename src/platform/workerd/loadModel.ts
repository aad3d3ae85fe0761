// loadModel bound to workerd, and all that it needs.
import { bindLoadModel } from '../../index.js';
import { host } from './host.js';

export const loadModel = bindLoadModel(host);
