// The page: its sections, and how they know of each other.

import { resolutionOf } from '../../src/bench/clock.js';
import { listen } from '../classify/intake.js';
import { FIRST_SAMPLE, listSamples, markSample, sampleName, sampleUrl } from '../classify/samples.js';
import { Viewer } from '../classify/viewer.js';
import { startExperiment } from '../experiment/experiment.js';
import { Layers } from '../layers/layers.js';
import { showCard } from '../model/card.js';
import { BUNDLED, ModelControl } from '../model/modelControl.js';
import { byId } from './dom.js';
import { browserName } from './environment.js';
import { drawFilterBank } from './filterBank.js';
import { showProblem } from './problem.js';

drawFilterBank(document.getElementById('filters') as unknown as SVGElement);

const viewer = new Viewer();
const layers = new Layers();
const models = new ModelControl((loaded) => {
  layers.use(loaded.source);
  showCard(loaded);
  void viewer.use(loaded.model);
});
const problem = byId('classify-problem', HTMLElement);

async function showSample(file: string): Promise<void> {
  markSample(file);
  try {
    const response = await fetch(sampleUrl(file));
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    await viewer.show({ blob: await response.blob(), name: sampleName(file) });
  } catch (error) {
    showProblem(problem, 'The sample could not be loaded', error);
  }
}

listen({
  picture(blob, name) {
    markSample(undefined);
    void viewer.show({ blob, name });
  },
  model: (file) => void models.load(file),
  nothing: (error) => showProblem(problem, 'Nothing to look at', error),
});
listSamples((file) => void showSample(file));
startExperiment();

const step = 1000 * resolutionOf({ now: () => performance.now() });
byId('engine', HTMLElement).textContent =
  `${browserName()} on ${navigator.hardwareConcurrency} cores; its clock moves in steps of ${step < 1 ? step.toFixed(1) : Math.round(step)} µs` +
  (crossOriginIsolated
    ? '.'
    : ': the page is not isolated (its server sends no COOP and COEP headers), so measurements take longer.');

void showSample(FIRST_SAMPLE);
void models.load(BUNDLED.url);
