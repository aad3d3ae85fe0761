// What stands in a network where the original has a K×K convolution: the axis along which architectures are compared.
import { HetConvError } from '../graph/error.js';

export type ConvolutionKind =
  | { readonly kind: 'standard' }
  /** Each layer takes the greatest common divisor of `part` and its channel counts, so a large power of two means P = M. */
  | { readonly kind: 'hetconv'; readonly part: number }
  /** HetConv with a part of its own in each layer, by the layer's name: 1, or none, is a standard convolution. */
  | { readonly kind: 'mixed'; readonly parts: ReadonlyMap<string, number> }
  /** Depthwise K×K, then pointwise. */
  | { readonly kind: 'dwpw' }
  /** Groupwise K×K keeping the channel count, then pointwise; `groups` as `part` above. */
  | { readonly kind: 'gwpw'; readonly groups: number }
  /** Pointwise alone. */
  | { readonly kind: 'pw' };

/** The kinds that a word and a number name. */
export type UniformKind = Exclude<ConvolutionKind, { kind: 'mixed' }>;

/** The network, then what stands for its convolutions, as in 'vgg16-cifar10-hetconv-p4'; `original`, what it was published with, goes unsaid. */
export function graphName(network: string, kind: ConvolutionKind, original: ConvolutionKind['kind'] = 'standard'): string {
  return kind.kind === original ? network : `${network}-${kindName(kind)}`;
}

function kindName(kind: ConvolutionKind): string {
  switch (kind.kind) {
    case 'hetconv':
      return `hetconv-p${kind.part}`;
    case 'gwpw':
      return `gwpw-g${kind.groups}`;
    default:
      return kind.kind;
  }
}

/** How many groups a layer of `inC` to `outC` channels takes when `wanted` are asked for. Throws `bad-option` if they share no divisor. */
export function commonPart(wanted: number, inC: number, outC: number, layer: string): number {
  if (!Number.isSafeInteger(wanted) || wanted < 1)
    throw new HetConvError('bad-option', `the part must be a positive integer, not ${wanted}`);
  const part = gcd(wanted, gcd(inC, outC));
  if (part === 1 && wanted > 1) {
    throw new HetConvError(
      'bad-option',
      `layer "${layer}" has ${inC} → ${outC} channels, which part ${wanted} cannot divide; choose another part`,
    );
  }
  return part;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
