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

/** How many panels `panelsOf` makes that span so many groups. */
export function panelSpans(outC: number, groups: number, width: number): { panels: number; groups: number }[] {
  const perGroup = outC / groups;
  const together = Math.max(1, Math.floor(width / perGroup));
  const whole = { panels: Math.floor(groups / together) * Math.ceil((together * perGroup) / width), groups: together };
  return groups % together > 0 ? [whole, { panels: 1, groups: groups % together }] : [whole];
}

/** Filters of half a panel. */
export const HALF = 4;

/** How many narrow groups fill half a panel; undefined where groups do not fill halves, or the panel is not of two. */
export function groupsOfHalf(perGroup: number, width: number): number | undefined {
  return width === 2 * HALF && HALF % perGroup === 0 ? HALF / perGroup : undefined;
}

/** Whether groups of one or two channels have as many filters: kernels multiply 4 channels as they lie by those of several groups. */
export const isSquare = (perGroup: number, channels: number): boolean => perGroup <= 2 && channels === perGroup;

/** The left and the right half of a panel; the right one may be of no group. */
export function halvesOf(panel: Panel, perGroup: number): readonly [Panel, Panel] {
  const half = (skipped: number): Panel => {
    const groups = Math.min(HALF / perGroup, Math.max(0, panel.groups - skipped));
    const firstFilter = panel.firstFilter + skipped * perGroup;
    return { firstFilter, filters: groups * perGroup, firstGroup: panel.firstGroup + skipped, groups };
  };
  return [half(0), half(HALF / perGroup)];
}

/** Weights of one tap in constant input `input`: those of filter f (within its group g) on channel j are at base + g·group + f·filter + j·channel. */
export interface TapWeights {
  readonly input: number;
  readonly base: number;
  readonly group: number;
  readonly filter: number;
  readonly channel: number;
}

/** Channels [first, first + count) of one tap's weights, at `stream` words of every filter behind the panel's first, `step` from channel to channel. */
export interface PackedRun {
  readonly weights: TapWeights;
  /** Of the filter's own numbering of channels. */
  readonly first: number;
  readonly count: number;
  readonly group: number;
  readonly stream: number;
  readonly step: number;
}

/** Where filters and channels of the weights are: all that the packer needs of a convolution. */
export interface WeightGeometry {
  readonly outC: number;
  readonly groups: number;
}

/** Panels [begin, begin + count), equal but for their filters, whose weights are staged and packed together. */
export interface Block {
  readonly begin: number;
  readonly count: number;
  readonly runs: readonly PackedRun[];
  /** Elements of each constant that the runs read. */
  readonly ranges: ReadonlyMap<number, Range>;
}

interface Range {
  begin: number;
  end: number;
  /** From filter to filter. */
  readonly filter: number;
}

/** Staged weights stay in the cache until they are packed. */
const STAGING_BYTES = 2 ** 19;

/**
 * All panels in blocks of about STAGING_BYTES; `runsOf` says what a panel of some groups consists of. `uniform`: it is the same for panels of
 * other groups, and the weights of all filters are equally far apart.
 */
export function blocksOf(
  geometry: WeightGeometry,
  panels: readonly Panel[],
  runsOf: (panel: Panel) => readonly PackedRun[],
  uniform = false,
): Block[] {
  const isLike = (other: Panel | undefined, { firstGroup, filters }: Panel): boolean =>
    other?.filters === filters && (uniform || other.firstGroup === firstGroup);
  const blocks: Block[] = [];
  let runs: readonly PackedRun[] = [];
  for (let begin = 0; begin < panels.length; begin += blocks.at(-1)!.count) {
    const panel = panels[begin]!;
    if (panels[blocks.at(-1)?.begin ?? -1]?.firstGroup !== panel.firstGroup) runs = runsOf(panel);
    const ranges = rangesOf(geometry, panel, runs);
    const limit = Math.max(STAGING_BYTES, 2 * stagingBytes({ ranges }));
    let count = 1;
    while (isLike(panels[begin + count], panel) && stagingBytes({ ranges }, count * panel.filters) <= limit) count++;
    for (const range of ranges.values()) range.end += (count - 1) * panel.filters * range.filter;
    blocks.push({ begin, count, runs, ranges });
  }
  return blocks;
}

/** How many bytes `stage` needs, for so many more filters of each. */
export function stagingBytes({ ranges }: Pick<Block, 'ranges'>, more = 0): number {
  let bytes = 0;
  for (const { begin, end, filter } of ranges.values()) bytes += roomFor(end + more * filter - begin);
  return bytes;
}

/** Copies what a block reads of each constant to `staging`. Returns where element 0 of each would be. */
export function stage(l: Lowering<unknown>, { ranges }: Block, staging: number): ReadonlyMap<number, number> {
  const origins = new Map<number, number>();
  let free = staging;
  for (const [input, range] of ranges) {
    l.place(input, range.begin, range.end, free);
    origins.set(input, free - 4 * range.begin);
    free += roomFor(range.end - range.begin);
  }
  return origins;
}

/**
 * Writes `runs` of a block's panels, `width` words for each channel, to `target`, where zeros are, `panelBytes` from panel to panel. The
 * weights were staged.
 */
export function packBlock(
  l: Lowering<unknown>,
  geometry: WeightGeometry,
  panel: Panel,
  { count }: Block,
  runs: readonly PackedRun[],
  origins: ReadonlyMap<number, number>,
  width: number,
  target: number,
  panelBytes: number,
): void {
  for (let i = 0; i < runs.length; ) {
    const run = runs[i]!;
    const next = runs[i + 1];
    const [base, stream] = next ? [next.weights.base - run.weights.base, next.stream - run.stream] : [0, 0];
    let taps = 1;
    while (isNextTap(runs[i + taps - 1]!, runs[i + taps], base, stream)) taps++;
    const { first, filters } = lanesOf(geometry, panel, run.group);
    const record = new ParameterRecord(abi.PACK_WORDS)
      .int(abi.PACK_SOURCE, origins.get(run.weights.input)! + 4 * offsetOf(geometry, run, first, run.first))
      .int(abi.PACK_TARGET, target + 4 * (run.stream * width + first - panel.firstFilter))
      .int(abi.PACK_LANES, filters)
      .int(abi.PACK_LANE, 4 * run.weights.filter)
      .int(abi.PACK_CHANNELS, run.count)
      .int(abi.PACK_CHANNEL, 4 * run.weights.channel)
      .int(abi.PACK_STEP, 4 * width * run.step)
      .int(abi.PACK_TAPS, taps)
      .int(abi.PACK_TAP_SOURCE, 4 * base)
      .int(abi.PACK_TAP_TARGET, 4 * width * stream)
      .int(abi.PACK_PANEL_SOURCE, 4 * panel.filters * run.weights.filter)
      .int(abi.PACK_PANEL_TARGET, panelBytes);
    l.prepare('f32_pack', record, count);
    i += taps;
  }
}

/** Whether `run` is to `before` what the next tap is to a tap. */
function isNextTap(before: PackedRun, run: PackedRun | undefined, base: number, stream: number): boolean {
  return (
    run !== undefined &&
    run.weights.input === before.weights.input &&
    run.weights.base - before.weights.base === base &&
    run.stream - before.stream === stream &&
    run.first === before.first &&
    run.count === before.count &&
    run.group === before.group
  );
}

/** What the runs read of each constant for the filters of a panel. */
function rangesOf(geometry: WeightGeometry, panel: Panel, runs: readonly PackedRun[]): Map<number, Range> {
  const ranges = new Map<number, Range>();
  for (const run of runs) {
    const { first, filters } = lanesOf(geometry, panel, run.group);
    const { input, filter } = run.weights;
    const begin = offsetOf(geometry, run, first, run.first);
    const end = offsetOf(geometry, run, first + filters - 1, run.first + run.count - 1) + 1;
    const range = ranges.get(input);
    if (range) {
      range.begin = Math.min(range.begin, begin);
      range.end = Math.max(range.end, end);
    } else ranges.set(input, { begin, end, filter });
  }
  return ranges;
}

/** `place` writes whole items of 32 bytes. */
const roomFor = (elements: number): number => 32 * Math.ceil(elements / 8);

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
