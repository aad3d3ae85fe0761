// The worker of Node's entry.
import { parentPort } from 'node:worker_threads';
import { serveModel } from '../../api/serveModel.js';
import { loadModel } from './index.js';

const port = parentPort!;
port.on('message', serveModel(loadModel, { post: (message, transfer) => port.postMessage(message, transfer) }));
