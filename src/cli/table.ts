// Aligned columns for a terminal, and numbers and sizes as people read them.

export type Align = 'left' | 'right';

/** Pads each cell to its column's width; two spaces between columns, none at the end of a line. */
export function formatRow(cells: readonly string[], widths: readonly number[], aligns: readonly Align[]): string {
  return cells
    .map((cell, i) => (aligns[i] === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
    .join('  ')
    .trimEnd();
}

export function formatTable(rows: readonly (readonly string[])[], aligns: readonly Align[]): string {
  const widths = aligns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) => formatRow(row, widths, aligns)).join('\n');
}

/** With thousands separators. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatMillions(count: number, digits = 3): string {
  return `${(count / 1e6).toFixed(digits)} M`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}

export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

export function formatMilliseconds(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}
