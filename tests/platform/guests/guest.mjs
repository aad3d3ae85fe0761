// What every runtime does: ask for its settings, run the suite, report each result as it comes.
import { runSuite } from './suite.mjs';

/** `hetconv` is the package as this runtime imports it; `more` is what else its environment has. */
export async function runGuest(name, server, hetconv, more = {}) {
  const { only, ...settings } = await (await fetch(`${server}/settings/${name}`)).json();
  const report = async (result) => {
    const { ok, status } = await fetch(`${server}/reports/${name}`, { method: 'POST', body: JSON.stringify(result) });
    if (!ok) throw new Error(`the report was answered ${status}`);
  };
  await runSuite({ hetconv, server, ...settings, ...more }, report, { only });
}
