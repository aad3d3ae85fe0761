import { readFileSync } from 'node:fs';
import { constant } from '../../src/graph/constant.js';
import { opOf } from '../../src/ops/index.js';
import { Arena } from '../../src/plan/arena.js';
import { plan } from '../../src/plan/plan.js';

const rng = (() => {
  let s = 1;
  return () => {
    s = (s * 1103515245 + 12345) & 0x7fffffff;
    return s / 0x7fffffff - 0.5;
  };
})();
const rand = (shape: number[]) => constant(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, rng));
const mod: any = {};
for (const v of ['simd', 'relaxed']) {
  const b = readFileSync(`dist/${v}.wasm`);
  if (WebAssembly.validate(b)) mod[v] = new WebAssembly.Module(b);
}
const variant = process.env.V ?? (mod.relaxed ? 'relaxed' : 'simd');
const shapes: [number, number, number][] = (process.env.S ?? '64@32,128@16,256@8,512@4,512@2,64@56,256@28,512@14')
  .split(',')
  .map((s) => {
    const [mn, h] = s.split('@');
    const [m, n] = mn!.split('x').map(Number);
    return [m!, n ?? m!, Number(h)];
  });
const parts = (process.env.P ?? '1,2,4,8,16,32').split(',').map(Number);
function graphOf(M: number, N: number, H: number, P: number, k = 3): any {
  const het = P > 1 && k === 3;
  const t: any = { w: rand([N, M / (k === 3 ? P : 1), k, k]), b: rand([N]) };
  if (het) t.pw = rand([N, M - M / P, 1, 1]);
  const p = (k - 1) / 2;
  return {
    name: 'g',
    inputs: [{ name: 'x', shape: [1, M, H, H] }],
    outputs: ['y'],
    tensors: new Map(Object.entries(t)),
    nodes: [
      {
        name: 'node',
        op: het ? 'hetConv' : 'conv',
        inputs: het ? ['x', 'w', 'pw', 'b'] : ['x', 'w', 'b'],
        outputs: ['y'],
        attributes: { padding: [p, p, p, p], clampMin: 0, ...(het && { part: P }) },
      },
    ],
  };
}
function prepare(graph: any, row: any) {
  const arena = new Arena(2 ** 31);
  const { exports } = new WebAssembly.Instance(mod[variant], { env: { memory: arena.memory } });
  let ok = false;
  const pl = plan(graph, exports, arena, {
    preference: (able) => {
      const r = able.filter((x) => x === row);
      ok = r.length > 0;
      return ok ? r : able;
    },
  });
  if (!ok) return undefined;
  const inp = pl.inputs[0]!;
  new Float32Array(
    arena.memory.buffer,
    inp.address,
    inp.shape.reduce((a, b) => a * b, 1),
  ).forEach((_, i, a) => {
    a[i] = rng();
  });
  const all = pl.steps.map((s) => ({ ...s, f: exports[s.kernel] as any }));
  for (const s of all) s.f(s.record, 0, s.items);
  const steps = all.filter((s) => s.node !== '');
  const by = process.env.STEPS ? steps.map((s) => s.kernel) : [];
  return {
    run: () => {
      for (const s of steps) s.f(s.record, 0, s.items);
    },
    steps,
  };
}
const time = (f: () => void, n: number) => {
  const t = performance.now();
  for (let i = 0; i < n; i++) f();
  return (performance.now() - t) / n;
};
const table: any[] = [];
for (const [M, N, H] of shapes) {
  for (const P of parts) {
    const k = process.env.K ? Number(process.env.K) : 3;
    const g = graphOf(M, N, H, P, k);
    const macs = H * H * N * (k === 3 ? (M / P) * 9 + M - M / P : M * k * k);
    const rows = opOf(g.nodes[0])
      .kernels.map((row: any) => ({ row, p: prepare(g, row) }))
      .filter((x: any) => x.p);
    const ns = rows.map(({ p }: any) => {
      for (let i = 0; i < 10; i++) p.run();
      const t0 = time(p.run, 3);
      const n = Math.max(1, Math.ceil(1.5 / t0));
      const t = performance.now();
      while (performance.now() - t < 30) p.run();
      return n;
    });
    const best = rows.map(() => Infinity);
    for (let r = 0; r < 15; r++)
      rows.forEach(({ p }: any, i: number) => {
        best[i] = Math.min(best[i]!, time(p.run, ns[i]!));
      });
    const min = Math.min(...best);
    const at: any = { node: g.nodes[0], attributes: (await import('../../src/ops/attributes.js')).attributesOf(g.nodes[0], opOf(g.nodes[0]).attributes), inputs: g.nodes[0].inputs.map((n: string) => n === 'x' ? g.inputs[0].shape : g.tensors.get(n).shape), outputs: [[1, N, H, H]] };
    const pred = rows.map(({ row }: any) => row.time?.(at) ?? 0);
    const pick = pred.indexOf(Math.min(...pred));
    const loss = best[pick]! / min - 1; const names = rows.map(({ row }: any) => row.exports[0]);
    console.log(
      `${M}@${H} P${P}`.padEnd(12),
      rows
        .map(({ row }: any, i: number) => {
          const nm =
            row.exports
              .find((e: string) => /winograd_input|depthwise/.test(e))
              ?.replace('f32_', '')
              .replace('_input', '') ?? '';
          const mk = row.exports.find((e: string) => /f32_conv/.test(e))?.replace('f32_conv_', '') ?? '';
          return `${nm}/${mk} ${(best[i]! * 1000).toFixed(0)}us ${((2 * macs) / best[i]! / 1e6).toFixed(1)}G${best[i] === min ? '*' : ''}${i === pick ? '<' : ''} p${(pred[i] / 1000).toFixed(0)}`;
        })
        .join(' | '),
    );
    if (process.env.STEPS)
      for (const { row, p } of rows as any) {
        const acc: any = {};
        for (let r = 0; r < 50; r++)
          for (const s of p.steps) {
            const t = performance.now();
            s.f(s.record, 0, s.items);
            const d = performance.now() - t;
            (acc[s.kernel] ??= []).push(d);
          }
        console.log(
          '   ',
          row.exports[0],
          Object.entries(acc)
            .map(
              ([kk, a]: any) =>
                `${kk} ${(1000 * a.sort((x: number, y: number) => x - y)[a.length >> 2] * (a.length / 50)).toFixed(0)}us`,
            )
            .join(', '),
        );
      }
  }
}
