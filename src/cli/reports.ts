// Reports and figures as files. Apart from the commands that write them, for most calls draw nothing.
import { join } from 'node:path';
import type { BenchRecord, PlanRecord, ProfileRecord } from '../bench/record.js';
import { benchHtml } from '../bench/report/benchReport.js';
import { benchSvgs } from '../bench/report/benchSvg.js';
import { planHtml } from '../bench/report/planReport.js';
import { profileHtml } from '../bench/report/profileReport.js';
import { writeResult } from './benchOptions.js';
import { xmlCanvas } from './xmlCanvas.js';

export function writeReport(path: string, record: BenchRecord | PlanRecord | ProfileRecord): Promise<void> {
  const canvas = xmlCanvas();
  switch (record.format) {
    case 'hetconv-bench':
      return writeResult(path, benchHtml(record, canvas));
    case 'hetconv-profile':
      return writeResult(path, profileHtml(record, canvas));
    case 'hetconv-plan':
      return writeResult(path, planHtml(record, canvas));
  }
}

/** Into a folder that there is. */
export async function writeFigures(folder: string, record: BenchRecord): Promise<void> {
  for (const [name, text] of benchSvgs(record, xmlCanvas())) await writeResult(join(folder, name), text);
}
