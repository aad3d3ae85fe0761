// What was measured: figures, a table, files to take away.
import { benchCsv } from '../../src/bench/csv.js';
import type { BenchRecord, Point } from '../../src/bench/record.js';
import { benchFigures } from '../../src/bench/report/benchFigures.js';
import type { Figure } from '../../src/bench/report/figure.js';
import { latencyAgainstMacs } from '../../src/bench/report/latencyFigure.js';
import { byId } from '../page/dom.js';
import { showFigures } from '../page/figures.js';
import { showProblem } from '../page/problem.js';
import { download } from './download.js';
import { figurePng } from './png.js';
import { resultTable } from './resultTable.js';

/** Figures that are shown at once; the others on demand. */
const FIRST_FIGURES = 2;

const place = byId('experiment-result', HTMLElement);
const figurePlace = byId('experiment-figures', HTMLElement);
/** What only a whole measurement has. */
const details = byId('experiment-details', HTMLElement);
const more = byId('experiment-more', HTMLDetailsElement);
const problem = byId('experiment-problem', HTMLElement);

let shown: { readonly record: BenchRecord; readonly figures: readonly Figure[] } | undefined;

/** While it is measured: what is known so far. */
export function showPoints(baseline: string, points: readonly Point[]): void {
  place.hidden = false;
  details.hidden = true;
  showFigures(figurePlace, [latencyAgainstMacs(baseline, points)]);
}

export function showResult(record: BenchRecord): void {
  const [network] = record.networks;
  const figures = benchFigures(network!, network!.rows[0]!.variant);
  shown = { record, figures };
  place.hidden = false;
  details.hidden = false;
  showFigures(figurePlace, figures.slice(0, FIRST_FIGURES));
  byId('experiment-table', HTMLElement).replaceChildren(resultTable(network!));
  showOthers();
}

function showOthers(): void {
  showFigures(byId('experiment-others', HTMLElement), more.open ? shown!.figures.slice(FIRST_FIGURES) : []);
}

more.addEventListener('toggle', showOthers);

/** A button that makes a file of what is shown. */
function offer(
  extension: string,
  type: string,
  make: (record: BenchRecord, figures: readonly Figure[]) => string | Promise<Blob>,
): void {
  byId(`download-${extension}`, HTMLButtonElement).addEventListener('click', async () => {
    const { record, figures } = shown!;
    const name = `hetconv-${record.networks[0]!.name.replaceAll(/[^\w-]+/g, '-')}.${extension}`;
    try {
      download(name, type, await make(record, figures));
    } catch (error) {
      showProblem(problem, `${name} could not be made`, error);
    }
  });
}

offer('csv', 'text/csv', benchCsv);
offer('json', 'application/json', (record) => `${JSON.stringify(record, null, 1)}\n`);
offer('png', 'image/png', (record, [figure]) => figurePng(figure!, record));
