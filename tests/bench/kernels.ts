// Every kernel row on a case, beside the dense layer and the ceilings in the same rounds. A row is forced by a preference: what it
// is made of nobody here need know.
import { type CeilingContestants, type Ceilings, ceilingsOf } from '../../src/bench/ceilings.js';
import type { Clock } from '../../src/bench/clock.js';
import { type Contestant, type MeasureOptions, measure } from '../../src/bench/measure.js';
import { withRandomWeights } from '../../src/bench/randomWeights.js';
import type { Comparison } from '../../src/bench/record.js';
import { noiseFloorOf, type Ratio, ratioOf, type Samples, type Summary, summarise } from '../../src/bench/statistics.js';
import { inTurn, loadSubject, MOVES, type SubjectOptions } from '../../src/bench/subject.js';
import type { Graph } from '../../src/graph/graph.js';
import { costOf } from '../../src/ops/cost.js';
import { inferShapes } from '../../src/ops/inferShapes.js';
import { ACCURACIES, type Accuracy, type Kernel } from '../../src/ops/op.js';
import { optimise } from '../../src/passes/index.js';
import { byTime, chooseKernels, type Preference } from '../../src/plan/chooseKernels.js';
import type { Host } from '../../src/runtime/host.js';
import type { Binary, Variant } from '../../src/runtime/variants.js';
import type { KernelCase } from './cases.js';

export interface Engine {
  readonly host: Host;
  readonly binary: Binary;
  readonly ceilings: CeilingContestants;
  readonly clock: Clock;
}

export interface RowRecord {
  /** What it calls, as in 'winograd 4x4 + conv 4x8'. */
  readonly kernels: string;
  /** The least accuracy that allows it. */
  readonly accuracy: Accuracy;
  readonly latency: Summary;
  readonly gflops: number;
  readonly ofCeiling: number;
  /** Against the dense layer, as planned for 'direct' and for 'standard'. */
  readonly versusDirect: Comparison;
  readonly versusWinograd: Comparison;
}

/** What the planner takes, and the best that it might. */
export interface ChoiceRecord {
  readonly planned: string;
  readonly best: string;
  /** How much longer the planned one takes, as a share, and its 95 % interval. */
  readonly loss: number;
  readonly interval: Ratio['interval'];
}

export interface CaseRecord {
  readonly name: string;
  readonly variant: Variant;
  readonly macs: number;
  readonly ceilings: Ceilings;
  readonly noiseFloor: number;
  readonly rows: readonly RowRecord[];
  readonly choices: Readonly<Record<Accuracy, ChoiceRecord>>;
}

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
type AnyKernel = Kernel<any>;
/** The row for each node of a graph. */
type Assignment = ReadonlyMap<string, AnyKernel>;

const MAX_MEMORY = 2 ** 31;

export async function measureCase(kernelCase: KernelCase, engine: Engine, options: MeasureOptions): Promise<CaseRecord> {
  const graph = await optimise(withRandomWeights(kernelCase.graph));
  const dense = await optimise(withRandomWeights(kernelCase.dense));
  const { clock, ceilings: ceilingContestants } = engine;
  const offered = new Set(WebAssembly.Module.exports(engine.binary.module).map(({ name }) => name));
  const rows = assignmentsOf(graph, offered);
  const candidates = await Promise.all(rows.map(({ rows }) => computing(graph, engine, (_, at) => [rows.get(at.node.name)!])));
  const [direct, copy, winograd] = await Promise.all(
    (['direct', 'direct', 'standard'] as const).map((accuracy) => computing(dense, engine, byTime(accuracy))),
  );
  const times = await measure(
    [...candidates, direct!, copy!, winograd!, ...Object.values<Contestant>({ ...ceilingContestants })],
    clock,
    options,
  );
  const samplesOf = (contestant: Contestant): Samples => times.get(contestant)!.whole;
  const ceilings = ceilingsOf(ceilingContestants, times);
  const noiseFloor = noiseFloorOf(samplesOf(direct!), samplesOf(copy!), kernelCase.name);
  const { macs } = costOf(graph).total;
  const promised = costOf(dense).total.macs / macs;
  const records = candidates.map((candidate, i): RowRecord => {
    const latency = summarise(samplesOf(candidate), candidate.name);
    const gflops = (2 * macs) / latency.medianMs / 1e6;
    const versus = (baseline: Contestant): Comparison => ({
      promised,
      ...ratioOf(samplesOf(baseline), samplesOf(candidate), noiseFloor, candidate.name),
    });
    return {
      kernels: candidate.name,
      accuracy: rows[i]!.accuracy,
      latency,
      gflops,
      ofCeiling: gflops / ceilings.gflops,
      versusDirect: versus(direct!),
      versusWinograd: versus(winograd!),
    };
  });

  const choice = (accuracy: Accuracy): ChoiceRecord => {
    const chosen = choose(graph, offered, byTime(accuracy));
    const planned = candidates[rows.findIndex(({ rows }) => [...chosen].every(([node, row]) => rows.get(node) === row))]!;
    const allowed = candidates.filter((_, i) => ACCURACIES.indexOf(rows[i]!.accuracy) <= ACCURACIES.indexOf(accuracy));
    const [best] = allowed.toSorted((a, b) => (ratioOf(samplesOf(b), samplesOf(a), 0, '').speedUp < 1 ? 1 : -1));
    const { speedUp, interval } = ratioOf(samplesOf(planned), samplesOf(best!), noiseFloor, best!.name);
    if (planned === best) return { planned: planned.name, best: planned.name, loss: 0, interval: [0, 0] };
    return { planned: planned.name, best: best!.name, loss: speedUp - 1, interval: [interval[0] - 1, interval[1] - 1] };
  };
  return {
    name: kernelCase.name,
    variant: engine.binary.variant,
    macs,
    ceilings,
    noiseFloor,
    rows: records,
    choices: { direct: choice('direct'), standard: choice('standard'), fast: choice('fast') },
  };
}

/** The nodes of a graph without the moves of its inputs and outputs. */
async function computing(graph: Graph, { host, binary }: Engine, preference: Preference): Promise<Contestant> {
  const options: SubjectOptions = { name: graph.name, host, binary, preference, maxMemory: MAX_MEMORY };
  const { steps } = await loadSubject(graph, options);
  const own = steps.filter(({ node }) => node !== MOVES);
  const nodes = [...new Set(own.map(({ node }) => node))];
  const labels = nodes.map((node) => labelOf(own.filter((step) => step.node === node).map(({ kernel }) => kernel)));
  return { name: labels.join(' | '), run: inTurn(own) };
}

/** Transforms of one size are one word, kernels that clear or pack none. */
function labelOf(kernels: readonly string[]): string {
  const words = kernels
    .filter((kernel) => kernel !== 'zero_ranges')
    .map((kernel) =>
      kernel
        .replace(/^f32_/, '')
        .replace(/_(input|output)_/, ' ')
        .replace(/_(?=\d)/, ' '),
    );
  return [...new Set(words)].join(' + ');
}

/** Every way to compute a graph: every row of one node with every row of the others. */
function assignmentsOf(graph: Graph, offered: ReadonlySet<string>): { rows: Assignment; accuracy: Accuracy }[] {
  const able = new Map<string, { row: AnyKernel; accuracy: Accuracy }[]>();
  choose(graph, offered, (rows, at) => {
    able.set(
      at.node.name,
      rows.map((row) => ({ row, accuracy: row.accuracy?.(at) ?? 'direct' })),
    );
    return rows;
  });
  const none = [{ rows: new Map<string, AnyKernel>(), accuracy: 'direct' as Accuracy }];
  return [...able].reduce(
    (all, [node, rows]) =>
      all.flatMap((assignment) =>
        rows.map(({ row, accuracy }) => ({
          rows: new Map(assignment.rows).set(node, row),
          accuracy: ACCURACIES[Math.max(ACCURACIES.indexOf(assignment.accuracy), ACCURACIES.indexOf(accuracy))]!,
        })),
      ),
    none,
  );
}

function choose(graph: Graph, offered: ReadonlySet<string>, preference: Preference): Assignment {
  const { nodes } = chooseKernels(graph, inferShapes(graph), offered, preference);
  return new Map(nodes.map(({ at, kernel }) => [at.node.name, kernel]));
}
