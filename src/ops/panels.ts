// Panels of filters, and their weights on the way into memory in the order in which the kernels consume them.
import * as abi from '../../assembly/abi.js';
import type { Lowering } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

/** Filters that are computed together: those of one group, or of several whole groups that are narrow. */
export interface Panel {
  readonly firstFilter: number;
  readonly filters: number;
  readonly firstGroup: number;
  readonly groups: number;
}

/**
 * Filters of one panel share their runs, so a panel takes filters of one group, or as many whole groups as fit where
 * groups are narrow. Weights that a filter does not have are zero there.
 */
export function panelsOf(outC: number, groups: number, width: number): Panel[] {
  const perGroup = outC / groups;
  const panels: Panel[] = [];
  const together = Math.max(1, Math.floor(width / perGroup));
  for (let group = 0; group < groups; group += together) {
    const span = Math.min(together, groups - group);
    const end = (group + span) * perGroup;
    for (let filter = group * perGroup; filter < end; filter += width) {
      panels.push({ firstFilter: filter, filters: Math.min(width, end - filter), firstGroup: group, groups: span });
    }
  }
  return panels;
}

/** Weights of one tap in constant input `input`: those of filter f (within its group g) on channel j are at base + g·group + f·filter + j·channel. */
export interface TapWeights {
  readonly input: number;
  readonly base: number;
  readonly group: number;
  readonly filter: number;
  readonly channel: number;
}

/** Channels [first, first + count) of one tap's weights, at `stream` words behind the panel's first. */
export interface PackedRun {
  readonly weights: TapWeights;
  /** Of the filter's own numbering of channels. */
  readonly first: number;
  readonly count: number;
  readonly group: number;
  readonly stream: number;
}

/** Where filters and channels of the weights are: all that the packer needs of a convolution. */
export interface WeightGeometry {
  readonly outC: number;
  readonly groups: number;
}

/** How many bytes `packPanel` needs beside the panel. */
export function stagingBytes(geometry: WeightGeometry, panel: Panel, runs: readonly PackedRun[]): number {
  return [...stagedRanges(geometry, panel, runs).values()].reduce((sum, range) => sum + roomFor(range), 0);
}

/**
 * Writes a panel's weights, `width` words for each channel, to `target`, where zeros are. Copies what it reads of each
 * constant to `staging` first.
 */
export function packPanel(
  l: Lowering<unknown>,
  geometry: WeightGeometry,
  panel: Panel,
  runs: readonly PackedRun[],
  width: number,
  target: number,
  staging: number,
): void {
  const origins = new Map<number, number>();
  let free = staging;
  for (const [input, range] of stagedRanges(geometry, panel, runs)) {
    l.place(input, range.begin, range.end, free);
    origins.set(input, free - 4 * range.begin);
    free += roomFor(range);
  }
  const calls = runs.map((run) => {
    const { first, filters } = lanesOf(geometry, panel, run.group);
    const source = origins.get(run.weights.input)! + 4 * offsetOf(geometry, run, first, run.first);
    const lane = first - panel.firstFilter;
    return { run, source, target: target + 4 * (run.stream * width + lane), filters };
  });
  for (let i = 0; i < calls.length; ) {
    const call = calls[i]!;
    const next = calls[i + 1];
    const [tapSource, tapTarget] = next ? [next.source - call.source, next.target - call.target] : [0, 0];
    const follows = (at: number): boolean => {
      const [before, after] = [calls[at - 1]!, calls[at]];
      return (
        after !== undefined &&
        after.run.count === call.run.count &&
        after.filters === call.filters &&
        after.run.weights.input === call.run.weights.input &&
        after.run.weights.filter === call.run.weights.filter &&
        after.source - before.source === tapSource &&
        after.target - before.target === tapTarget
      );
    };
    let taps = 1;
    while (follows(i + taps)) taps++;
    const record = new ParameterRecord(abi.PACK_WORDS)
      .int(abi.PACK_SOURCE, call.source)
      .int(abi.PACK_TARGET, call.target)
      .int(abi.PACK_LANES, call.filters)
      .int(abi.PACK_LANE, 4 * call.run.weights.filter)
      .int(abi.PACK_CHANNELS, call.run.count)
      .int(abi.PACK_CHANNEL, 4 * call.run.weights.channel)
      .int(abi.PACK_STEP, 4 * width)
      .int(abi.PACK_TAP_SOURCE, tapSource)
      .int(abi.PACK_TAP_TARGET, tapTarget);
    l.prepare('f32_pack', record, taps);
    i += taps;
  }
}

interface Range {
  begin: number;
  end: number;
}

/** Elements of each constant that the runs read. */
function stagedRanges(geometry: WeightGeometry, panel: Panel, runs: readonly PackedRun[]): Map<number, Range> {
  const ranges = new Map<number, Range>();
  for (const run of runs) {
    const { first, filters } = lanesOf(geometry, panel, run.group);
    const begin = offsetOf(geometry, run, first, run.first);
    const end = offsetOf(geometry, run, first + filters - 1, run.first + run.count - 1) + 1;
    const range = ranges.get(run.weights.input);
    if (!range) ranges.set(run.weights.input, { begin, end });
    else {
      range.begin = Math.min(range.begin, begin);
      range.end = Math.max(range.end, end);
    }
  }
  return ranges;
}

/** `place` writes whole items of 32 bytes. */
const roomFor = ({ begin, end }: Range): number => 32 * Math.ceil((end - begin) / 8);

/** The panel's filters in one of its groups. */
function lanesOf({ outC, groups }: WeightGeometry, panel: Panel, group: number): { first: number; filters: number } {
  const perGroup = outC / groups;
  const first = Math.max(panel.firstFilter, group * perGroup);
  const end = Math.min(panel.firstFilter + panel.filters, (group + 1) * perGroup);
  return { first, filters: end - first };
}

function offsetOf({ outC, groups }: WeightGeometry, run: PackedRun, filter: number, channel: number): number {
  const { base, group, filter: filterStride, channel: channelStride } = run.weights;
  return base + run.group * group + (filter - run.group * (outC / groups)) * filterStride + channel * channelStride;
}
