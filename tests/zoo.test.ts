// The table and the figures of docs/zoo.md: what they say where only some networks are published, and some with several seeds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figureSvg } from '../src/bench/report/svg.js';
import { xmlCanvas } from '../src/cli/xmlCanvas.js';
import { accuracyAgainstLatency } from './bench/zooFigures.js';
import { kindOf, speciesOf, type ZooModel, zooText } from './bench/zooTable.js';

const ENVIRONMENT = { date: '2026-11-25T12:00:00Z', device: 'a core', engine: 'an engine', hetconv: '1' };
const latency = (medianMs: number, noisy = false) => ({
  medianMs,
  interval: [medianMs, medianMs] as const,
  minMs: medianMs,
  madMs: 0,
  kept: 9,
  dropped: 0,
  noisy,
});

function model(name: string, network: string, accuracy: number, macs: number, ms: number, epochs = 20): ZooModel {
  const common = { name, network, accuracy, macs, epochs };
  return {
    ...common,
    pictures: 10_000,
    parameters: 1234,
    bytes: 5678,
    latencies: { simd: latency(ms), relaxed: latency(ms, true) },
  };
}

const P4 = 'resnet20-cifar10-hetconv-p4';
const MODELS = [
  model('vgg16-cifar10-p4', 'vgg16-cifar10-hetconv-p4', 93.46, 105.85e6, 4, 44),
  model('resnet20-cifar10-p4', P4, 90, 13.81e6, 0.5),
  model('resnet20-cifar10-p4-s2', P4, 91, 13.81e6, 0.5),
];
const PLANNED = [
  { network: P4, macs: 13.81e6, seeds: 3 },
  { network: 'resnet20-cifar10-dwpw', macs: 5.9e6, seeds: 1 },
];

describe('the zoo', () => {
  it('has a row for each kind, with mean and range of its seeds, by cost; and says what is missing', () => {
    const text = zooText(MODELS, PLANNED, ENVIRONMENT);
    assert.deepEqual(text.match(/^\| .*(HetConv|DW\+PW).*$/gm), [
      '| resnet20-cifar10 | [HetConv P4](../models/resnet20-cifar10-p4/README.md) | 90.50 (90.00–91.00) | 2 of 3 | 20 | 13.81 | 1,234 | 6 | 0.500 | ~0.500 | 181 |',
      '| resnet20-cifar10 | DW+PW | not trained yet | 0 of 1 |  | 5.90 |  |  |  |  |  |',
      '| vgg16-cifar10 | [HetConv P4](../models/vgg16-cifar10-p4/README.md) | 93.46 | 1 of 1 | 44 | 105.85 | 1,234 | 6 | 4.000 | ~4.000 | 23 |',
    ]);
    assert.match(text, /^2 of 4 trainings of the zoo are published/m);
    assert.match(text, /HetConv cannot be compared with other kinds yet/);
  });

  it('sets HetConv beside other kinds of its architecture and epochs, whichever is better', () => {
    const others = [
      model('resnet20-cifar10-dwpw', 'resnet20-cifar10-dwpw', 92, 6.905e6, 0.4),
      model('resnet20-cifar10-standard', 'resnet20-cifar10', 93, 40e6, 1, 5),
    ];
    const text = zooText([...MODELS, ...others], [PLANNED[1]!], ENVIRONMENT);
    assert.deepEqual(text.match(/^- .*$/gm), [
      '- resnet20-cifar10, HetConv P4 beside DW+PW: −1.50 points of accuracy, 2.00 times the multiply-accumulates, 1.25 times the time (simd).',
    ]);
    assert.match(text, /^All 1 trainings of the zoo are published\.$/m);
  });

  it('names kinds, an architecture’s own too', () => {
    const names = ['resnet20-cifar10', 'mobilenet-v1-cifar10', 'mobilenet-v1-cifar10-standard', 'resnet20-cifar10-gwpw-g4'];
    assert.deepEqual(names.map(kindOf), ['standard', 'DW+PW', 'standard', 'GW+PW G4']);
  });

  it('draws each network once, with its range', () => {
    const svg = figureSvg(accuracyAgainstLatency(speciesOf(MODELS)), xmlCanvas());
    assert.equal([...svg.matchAll(/<circle /g)].length, 2);
    assert.equal([...svg.matchAll(/>HetConv P4</g)].length, 2);
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.doesNotMatch(svg, /NaN|undefined|var\(--(series|page)/);
  });
});
