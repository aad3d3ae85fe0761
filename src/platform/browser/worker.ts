// The worker of browsers' entry.
import { serveModel } from '../../api/serveModel.js';
import { loadModel } from './index.js';

const serve = serveModel(loadModel, { post: (message, transfer) => self.postMessage(message, { transfer }) });
self.onmessage = ({ data }) => serve(data);
