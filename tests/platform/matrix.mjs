// What came out, for people: tests by runtimes, then why tests failed or were skipped.

const SYMBOLS = { ok: 'ok', FAILED: 'FAILED' };

/** `runs`: `{ name, version, seconds, results: Map of test → result, problem }`. */
export function printMatrix(tests, runs) {
  const reasons = new Map();
  const numberOf = (reason) => {
    if (!reasons.has(reason)) reasons.set(reason, reasons.size + 1);
    return reasons.get(reason);
  };
  const cell = (result) => (result.outcome === 'skipped' ? `– ${numberOf(result.reason)}` : SYMBOLS[result.outcome]);
  const width = Math.max(...tests.map((test) => test.length));
  const columns = runs.map(({ name }) => Math.max(name.length, 6));
  const row = (first, cells) =>
    console.log(`${first.padEnd(width)}  ${cells.map((text, i) => text.padEnd(columns[i])).join('  ')}`.trimEnd());

  row(
    '',
    runs.map(({ name }) => name),
  );
  for (const test of tests)
    row(
      test,
      runs.map(({ results }) => cell(results.get(test))),
    );
  row(
    'seconds',
    runs.map(({ seconds }) => seconds.toFixed(1)),
  );

  if (reasons.size > 0) console.log('\nskipped because');
  for (const [reason, number] of reasons) console.log(`  – ${number}  ${reason}`);
  for (const { name, results, problem } of runs) {
    for (const [test, { outcome, reason }] of results)
      if (outcome === 'FAILED') console.log(`\nFAILED on ${name}: ${test}\n${reason}`);
    if (problem) console.log(`\n${name} ended badly: ${problem}`);
  }
}
