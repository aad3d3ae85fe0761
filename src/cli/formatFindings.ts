// What the search for HetConv found, as a table.
import type { Finding } from '../passes/finding.js';
import { formatCount, formatTable } from './table.js';

/** Where, in which spelling, how many nodes became one, and the multiply-accumulates before and after. */
export function formatFindings(findings: readonly Finding[]): string {
  const rows = findings.map(({ node, op, part, spelling, merged, macsBefore, macsAfter }) => {
    return [node, op, String(part ?? ''), spelling, String(merged), formatCount(macsBefore), formatCount(macsAfter)];
  });
  const header = ['found', 'op', 'P', 'spelled as', 'nodes', 'MACs before', 'after'];
  return formatTable([header, ...rows], ['left', 'left', 'right', 'left', 'right', 'right', 'right']);
}
