// One after the other: a thread gains nothing from pictures that are decoded at the same time, and their memory adds up. A request must not
// wait for a promise of another one: what follows it would run as a part of that other request, and end unheard when that ends. So each looks
// by timers of its own whether its turn has come.

/** Milliseconds until the next look, for each that is before. */
const AGAIN = 1;
/** Milliseconds after which one that was cancelled is waited for no longer. */
const LEASE = 10_000;

interface Turn {
  until: number;
}

const turns: Turn[] = [];

/** Does the work when all that came before has ended, well or not. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const own: Turn = { until: 0 };
  for (let before = -1; before !== 0; ) {
    own.until = Date.now() + LEASE;
    if (!turns.includes(own)) turns.push(own);
    while (turns[0]!.until < Date.now()) turns.shift();
    before = turns.indexOf(own);
    if (before > 0) await scheduler.wait(AGAIN * before);
  }
  try {
    return await work();
  } finally {
    const at = turns.indexOf(own);
    if (at >= 0) turns.splice(at, 1);
  }
}
