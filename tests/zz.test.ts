import { caseLists } from './cases/index.js';
import { inputValues } from './cases/testCase.js';
import { references } from './reference/index.js';
import { attributesOf } from '../src/ops/attributes.js';
import { opOf } from '../src/ops/index.js';
import { constant } from '../src/graph/constant.js';
import { runGraph } from './support/runGraph.js';
const worst: any = {};
let n = 0;
for (const [family, cases] of Object.entries(caseLists)) for (const c of cases) {
  if (c.node.op !== 'conv' && c.node.op !== 'hetConv') continue;
  const values = inputValues(c);
  const graph: any = { name: c.name, inputs: c.inputs.flatMap((input, i) => (input && !input.constant ? [{ name: `x${i}`, shape: input.shape }] : [])), outputs: ['y'],
    nodes: [{ name: 'node', op: c.node.op, inputs: c.inputs.map((x, i) => (x ? `x${i}` : '')), outputs: ['y'], attributes: c.node.attributes }],
    tensors: new Map(c.inputs.flatMap((input, i) => (input?.constant ? [[`x${i}`, constant(input.shape, values[i]!.data as Float32Array)] as const] : []))) };
  const act = Object.fromEntries(graph.inputs.map(({ name }: any) => [name, values[Number(name.slice(1))]!.data]));
  const ref = references[c.node.op]!(values, attributesOf(graph.nodes[0]!, opOf(graph.nodes[0]!).attributes))[0]!;
  const rows = opOf(graph.nodes[0]).kernels.map((_, i) => i);
  for (const variant of ['simd', 'relaxed'] as const) for (const r of rows) {
    const row = opOf(graph.nodes[0]).kernels[r]!;
    if (variant === 'relaxed' && process.versions.node.startsWith('20')) continue;
    let run; let took = false;
    try { run = runGraph(graph, variant, act, (able) => { const x = able.filter((k) => k === row); took = x.length > 0; return x.length ? x : able; }); } catch (e) { console.log(c.name, row.exports, e); process.exit(1); }
    if (!took) continue;
    n++;
    const bound = c.tolerance.absolute!(values);
    let err = 0; const got = run.outputs.y!.data;
    for (let i = 0; i < got.length; i++) { const e = Math.abs(got[i]! - ref.data[i]!); if (!(e <= err)) err = e; }
    if (/winograd_input_4x4/.test(row.exports[0]!)) { const kk = c.inputs[1]!.shape[1]!; const b = ((globalThis as any).byK ??= {}); b[kk] = Math.max(b[kk] ?? 0, err / bound); }
    const key = variant + ' ' + row.exports[0] + ' ' + row.exports.at(-2);
    const w = (worst[key] ??= { count: 0, ratio: 0 }); w.count++; if (!(err / bound <= w.ratio)) { w.ratio = err / bound; w.name = c.name; }
  }
}
console.log(n, worst);

console.log((globalThis as any).byK);
