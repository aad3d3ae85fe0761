// A benchmark as comma-separated values (RFC 4180): one line for each row of each network.
import type { BenchRecord } from './record.js';

export function benchCsv({ environment, networks }: BenchRecord): string {
  const lines = networks.flatMap(({ name, rows, ceilings, noiseFloor }) =>
    rows.map(
      ({
        entry,
        part,
        groups,
        variant,
        accuracy,
        cost,
        fileBytes,
        memoryBytes,
        top1,
        latency,
        gflops,
        versusDirect,
        versusWinograd,
      }) => ({
        network: name,
        entry,
        part,
        groups,
        variant,
        accuracy,
        macs: cost.macs,
        adds: cost.adds,
        parameters: cost.parameters,
        file_bytes: fileBytes,
        memory_bytes: memoryBytes,
        top1_percent: top1?.percent,
        median_ms: latency.medianMs,
        low_ms: latency.interval[0],
        high_ms: latency.interval[1],
        min_ms: latency.minMs,
        mad_ms: latency.madMs,
        kept: latency.kept,
        dropped: latency.dropped,
        noisy: latency.noisy,
        gflops,
        ceiling_gflops: ceilings[variant]!.gflops,
        memory_gbs: ceilings[variant]!.memoryGBs,
        noise_floor: noiseFloor[variant],
        promised: versusDirect.promised,
        speedup_direct: versusDirect.speedUp,
        speedup_direct_low: versusDirect.interval[0],
        speedup_direct_high: versusDirect.interval[1],
        tie_direct: versusDirect.tie,
        speedup_winograd: versusWinograd.speedUp,
        speedup_winograd_low: versusWinograd.interval[0],
        speedup_winograd_high: versusWinograd.interval[1],
        tie_winograd: versusWinograd.tie,
        device: environment.device,
        engine: environment.engine,
        hetconv: environment.hetconv,
        date: environment.date,
      }),
    ),
  );
  const header = Object.keys(lines[0] ?? {});
  return [header, ...lines.map((line) => Object.values(line))].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
