// The figures of docs/zoo.md: accuracy beside latency, and beside multiply-accumulates.
import * as Plot from '@observablehq/plot';
import { colorOf, draw, type Figure, plain } from '../../src/bench/report/figure.js';
import { architectureOf, kindOf, type Species } from './zooTable.js';

const CAPTION = 'Up and to the left is better. Vertical lines: the range of several seeds.';

export function accuracyAgainstLatency(species: readonly Species[]): Figure {
  return accuracyFigure('Accuracy against latency', 'milliseconds of a picture, binary simd →', species, ({ models }) => {
    return models[0]!.latencies.simd!.medianMs;
  });
}

export function accuracyAgainstMacs(species: readonly Species[]): Figure {
  return accuracyFigure('Accuracy against multiply-accumulates', 'M multiply-accumulates →', species, ({ models }) => {
    return models[0]!.macs / 1e6;
  });
}

function accuracyFigure(title: string, axis: string, species: readonly Species[], x: (one: Species) => number): Figure {
  const architectures = [...new Set(species.map(({ network }) => architectureOf(network)))];
  const color = ({ network }: Species): string => colorOf(architectures.indexOf(architectureOf(network)));
  return {
    title,
    caption: CAPTION,
    legend: architectures.map((label, i) => ({ label, color: colorOf(i) })),
    draw: (canvas, width) =>
      draw(canvas, {
        width,
        height: 380,
        marginLeft: 48,
        marginRight: 20,
        grid: true,
        inset: 24,
        insetRight: 90,
        x: { type: 'log', label: axis, tickFormat: plain, ticks: 6 },
        y: { label: '↑ % right on the CIFAR-10 test set', tickFormat: plain },
        marks: [
          Plot.ruleX(species, {
            x,
            y1: ({ accuracy }: Species) => accuracy.least,
            y2: ({ accuracy }: Species) => accuracy.most,
            stroke: color,
          }),
          Plot.dot(species, { x, y: ({ accuracy }: Species) => accuracy.mean, r: 5, fill: color }),
          ...(['start', 'end'] as const).map((textAnchor) =>
            Plot.text(
              species.filter((one) => hasNeighbour(one, species, x) === (textAnchor === 'end')),
              {
                x,
                y: ({ accuracy }: Species) => accuracy.mean,
                text: ({ network }: Species) => kindOf(network),
                textAnchor,
                dx: textAnchor === 'start' ? 9 : -9,
                fill: 'currentColor',
              },
            ),
          ),
        ],
      }),
  };
}

/** Whether another point lies where the label on the right would be. */
function hasNeighbour(one: Species, species: readonly Species[], x: (one: Species) => number): boolean {
  const near = (other: Species): boolean => Math.abs(other.accuracy.mean - one.accuracy.mean) < 0.4;
  return species.some((other) => x(other) > x(one) && x(other) < 1.5 * x(one) && near(other));
}
