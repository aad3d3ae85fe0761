// The figures of a benchmark as files: one for each network, binary and figure.
import type { BenchRecord } from '../record.js';
import { variantsOf } from '../words.js';
import { benchFigures } from './benchFigures.js';
import type { Canvas } from './figure.js';
import { figureSvg } from './svg.js';

/** By name of a file, as in 'vgg16-cifar10-simd-roofline.svg'. */
export function benchSvgs({ networks }: BenchRecord, canvas: Canvas): Map<string, string> {
  const files = networks.flatMap((network) =>
    variantsOf(network).flatMap((variant) =>
      benchFigures(network, variant).map((figure): [string, string] => {
        const title = `${figure.title}: ${network.name}, binary ${variant}`;
        return [`${[network.name, variant, figure.title].map(wordsOf).join('-')}.svg`, figureSvg(figure, canvas, title)];
      }),
    ),
  );
  return new Map(files);
}

/** Names of networks may be paths. */
const wordsOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
