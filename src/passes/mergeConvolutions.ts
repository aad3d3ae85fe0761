// Sums of convolutions of one value become one convolution: HetConv in all spellings made of several, RepVGG blocks, grouped
// convolutions written out. Never at the price of a multiply-accumulate more.
import type { Graph } from '../graph/graph.js';
import { inferShapes } from '../ops/inferShapes.js';
import { type ConvolutionSum, ConvolutionSums, type Term } from './convolutionSum.js';
import { pixelCount, type Report } from './finding.js';
import { GraphEditor } from './graphEditor.js';
import { type Classes, classesOf, type Geometry, geometryOf, hetConvMacs, patternOf } from './hetConvGeometry.js';
import { sumWeights, tapsWithin, type Window } from './sumWeights.js';

/** `graph` must be sorted. Shapes alone decide, so that a bare architecture is merged as well. */
export function mergeConvolutions(graph: Graph, report?: Report): Graph {
  const shapes = inferShapes(graph);
  const editor = new GraphEditor(graph);
  const sums = new ConvolutionSums(editor, shapes);
  editor.forEachBackwards((root) => {
    const sum = sums.at(root);
    const window = sum && commonWindow(sum.terms);
    const merged = window && mergedLayer(sum, window);
    if (!merged || merged.macs > sum.macs) return;
    const { geometry, isHetConv } = merged;
    const { weight, pointwise, bias } = sumWeights(sum.terms, window, geometry);
    const { part, pattern } = geometry;
    const { stride, padding, dilation } = window;
    editor.replace(sum.nodes, {
      name: root.name,
      op: isHetConv ? 'hetConv' : 'conv',
      inputs: [
        sum.source,
        { role: 'weight', constant: weight },
        ...(isHetConv ? [{ role: 'pointwise', constant: pointwise }] : []),
        ...(bias ? [{ role: 'bias', constant: bias }] : []),
      ],
      outputs: root.outputs,
      attributes: { ...(isHetConv ? { part, pattern } : { groups: part }), stride, padding, dilation },
    });
    const pixels = pixelCount(shapes.get(root.outputs[0]!)!);
    report?.({
      node: root.name,
      op: isHetConv ? 'hetConv' : 'conv',
      ...(isHetConv && { part, pattern }),
      spelling: spellingOf(sum, geometry),
      merged: sum.nodes.length,
      macsBefore: pixels * sum.macs,
      macsAfter: pixels * merged.macs,
    });
  });
  return editor.finish();
}

/** The largest of the terms' windows, if the taps of all others are among its own. */
function commonWindow(terms: readonly Term[]): Window | undefined {
  const windows = terms.map(({ weight, window: { stride, padding, dilation } }): Window => {
    const [, , kernelH, kernelW] = weight.shape;
    return { kernel: [kernelH!, kernelW!], stride, padding, dilation };
  });
  const area = ({ kernel }: Window) => kernel[0] * kernel[1];
  const largest = windows.reduce((best, window) => (area(window) > area(best) ? window : best));
  const sameStride = windows.every(({ stride }) => `${stride}` === `${largest.stride}`);
  return sameStride && terms.every((term) => tapsWithin(term, largest)) ? largest : undefined;
}

interface MergedLayer {
  /** Of a convolution: its groups as blocks. */
  readonly geometry: Geometry;
  readonly isHetConv: boolean;
  /** For one pixel. */
  readonly macs: number;
}

/** The cheapest convolution that has a weight wherever a term has one. */
function mergedLayer({ terms, outC, inC }: ConvolutionSum, window: Window): MergedLayer {
  const { kernel } = window;
  const area = kernel[0] * kernel[1];
  const geometry = (part: number, pattern: Geometry['pattern']) => geometryOf([outC, inC / part, ...kernel], part, pattern);
  const groups = classesOfTerms(terms, outC, inC).block;
  const grouped = { geometry: geometry(groups, 'block'), isHetConv: false, macs: outC * (inC / groups) * area };
  const centre = (area - 1) / 2;
  if (area === 1 || !kernel.every((size) => size % 2 === 1)) return grouped;
  const spatial = terms.filter((term) => tapsWithin(term, window)!.some((tap) => tap !== centre));
  const found = patternOf(classesOfTerms(spatial, outC, inC));
  if (!found) return grouped;
  const classes = geometry(found.part, found.pattern);
  const macs = hetConvMacs(classes);
  return macs < grouped.macs ? { geometry: classes, isHetConv: true, macs } : grouped;
}

function classesOfTerms(terms: readonly Term[], outC: number, inC: number): Classes {
  const channels: (readonly number[])[][] = Array.from({ length: outC }, () => []);
  for (const { rows, channelsOf } of terms) for (const { filter, row } of rows) channels[filter]!.push(channelsOf(row));
  return classesOf(outC, inC, (n) => channels[n]!.flat());
}

function spellingOf({ terms, convolutions, nodes }: ConvolutionSum, { part }: Geometry): string {
  const kernels = (term: Term) => term.weight.shape[1]!;
  if (nodes.some(({ op }) => op === 'sub')) return 'subtractive';
  if (convolutions.length <= 2) return `${convolutions.length === 1 ? 'one branch' : 'two branches'}`;
  if (terms.every((term) => term.rows.length === 1 && kernels(term) === 1)) return 'per kernel';
  if (terms.every((term) => term.rows.length === 1)) return 'per filter';
  return convolutions.length === 2 * part ? 'P branches' : `sum of ${convolutions.length} convolutions`;
}
