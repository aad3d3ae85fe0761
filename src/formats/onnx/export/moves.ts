// Movements of elements as ONNX.
import type { ChannelShuffleAttributes } from '../../../ops/channelShuffle.js';
import type { ConcatAttributes } from '../../../ops/concat.js';
import type { Case } from '../../../ops/op.js';
import type { PadAttributes } from '../../../ops/pad.js';
import type { PermuteChannelsAttributes } from '../../../ops/permuteChannels.js';
import type { PixelShuffleAttributes } from '../../../ops/pixelShuffle.js';
import type { FlattenAttributes, ReshapeAttributes } from '../../../ops/reshape.js';
import type { SliceAttributes } from '../../../ops/slice.js';
import { DATA_TYPES } from './encode.js';
import type { Export } from './exporter.js';

/** Before element 0, where a negative step ends; ONNX counts -1 from the end. */
const BEFORE_ALL = -(2 ** 31);

const cast: Export = ({ node, attributes }: Case<{ readonly to: string }>, exporter) => {
  exporter.finish(node, 'Cast', node.inputs, { to: attributes.to === 'f32' ? DATA_TYPES.FLOAT : DATA_TYPES.INT64 });
};

const channelShuffle: Export = ({ node, attributes: { groups }, inputs }: Case<ChannelShuffleAttributes>, exporter) => {
  const shape = inputs[0]!;
  const [images, channels, ...rest] = shape as [number, number, ...number[]];
  const perm = [0, 2, 1, ...rest.map((_, i) => i + 3)];
  exporter.chain(
    node,
    node.inputs[0]!,
    { opType: 'Reshape', inputs: [exporter.integers([images, groups, channels / groups, ...rest])] },
    { opType: 'Transpose', attributes: { perm } },
    { opType: 'Reshape', inputs: [exporter.integers(shape)] },
  );
};

const concat: Export = ({ node, attributes: { axis } }: Case<ConcatAttributes>, exporter) =>
  exporter.finish(node, 'Concat', node.inputs, { axis });

const expand: Export = ({ node, attributes: { shape } }: Case<ReshapeAttributes>, exporter) =>
  exporter.finish(node, 'Expand', [node.inputs[0]!, exporter.integers(shape)]);

const flatten: Export = ({ node, attributes: { axis } }: Case<FlattenAttributes>, exporter) =>
  exporter.finish(node, 'Flatten', node.inputs, { axis });

const gather: Export = ({ node, attributes }: Case<{ readonly axis: number; readonly indices: readonly number[] }>, exporter) =>
  exporter.finish(node, 'Gather', [node.inputs[0]!, exporter.integers(attributes.indices)], { axis: attributes.axis });

const pad: Export = ({ node, attributes: { pads, mode, value } }: Case<PadAttributes>, exporter) =>
  exporter.finish(node, 'Pad', [node.inputs[0]!, exporter.integers(pads), exporter.float(value)], { mode });

/** A channel of zeros is one more, behind all others. */
const permuteChannels: Export = ({ node, attributes: { order }, inputs }: Case<PermuteChannelsAttributes>, exporter) => {
  const [, channels, ...rest] = inputs[0] as [number, number, ...number[]];
  const pads = [0, 0, ...rest.map(() => 0), 0, 1, ...rest.map(() => 0)];
  const indices = exporter.integers(order.map((channel) => (channel < 0 ? channels : channel)));
  exporter.chain(
    node,
    node.inputs[0]!,
    order.includes(-1) ? { opType: 'Pad', inputs: [exporter.integers(pads), exporter.float(0)] } : undefined,
    { opType: 'Gather', inputs: [indices], attributes: { axis: 1 } },
  );
};

const pixelShuffle: Export = ({ node, attributes: { factor, mode } }: Case<PixelShuffleAttributes>, exporter) =>
  exporter.finish(node, 'DepthToSpace', node.inputs, { blocksize: factor, mode });

const reshape: Export = ({ node, attributes: { shape } }: Case<ReshapeAttributes>, exporter) =>
  exporter.finish(node, 'Reshape', [node.inputs[0]!, exporter.integers(shape)]);

const slice: Export = ({ node, attributes: { starts, ends, axes, steps } }: Case<SliceAttributes>, exporter) => {
  const stops = ends.map((end) => (end < 0 ? BEFORE_ALL : end));
  const lists = [starts, stops, axes, steps].map((list) => exporter.integers(list));
  exporter.finish(node, 'Slice', [node.inputs[0]!, ...lists]);
};

const tile: Export = ({ node, attributes: { repeats } }: Case<{ readonly repeats: readonly number[] }>, exporter) =>
  exporter.finish(node, 'Tile', [node.inputs[0]!, exporter.integers(repeats)]);

const transpose: Export = ({ node, attributes: { perm } }: Case<{ readonly perm: readonly number[] }>, exporter) =>
  exporter.finish(node, 'Transpose', node.inputs, { perm });

export const moveExports = {
  cast,
  channelShuffle,
  concat,
  expand,
  flatten,
  gather,
  pad,
  permuteChannels,
  pixelShuffle,
  reshape,
  slice,
  tile,
  transpose,
};
