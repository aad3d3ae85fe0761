// One after the other: a thread gains nothing from pictures that are decoded at the same time, and their memory adds up.

let last: Promise<unknown> = Promise.resolve();

/** Does the work when all that was given before has ended, well or not. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}
