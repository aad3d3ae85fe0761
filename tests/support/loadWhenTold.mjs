// Loads the model whose path a parent process sends, and answers with what that took. Started before the parent grows: a forked process
// inherits its parent's peak.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { loadModel } = await import(pathToFileURL(resolve('dist/node.js')).href);

process.on('message', async ({ path, options }) => {
  const residentBefore = process.memoryUsage.rss();
  const begin = performance.now();
  const model = await loadModel(path, options);
  const milliseconds = performance.now() - begin;
  const grownBytes = 1024 * process.resourceUsage().maxRSS - residentBefore;
  const { total, memory } = model.describe();
  process.send({ milliseconds, grownBytes, modelBytes: memory.total, parameters: total.parameters });
});
process.send('ready');
