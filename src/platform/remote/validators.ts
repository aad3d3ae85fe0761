// What asks a server for more of a version that it gave before.

/** By which a file is known again. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export function validatorsOf(headers: Headers): Validators {
  return { etag: headers.get('etag') ?? undefined, lastModified: headers.get('last-modified') ?? undefined };
}

/** Whether two answers are of the same version of a file, as far as both tell. False where they have nothing in common. */
export function areSame(one: Validators, other: Validators): boolean {
  const pairs = [
    [one.etag, other.etag],
    [one.lastModified, other.lastModified],
  ].filter(([a, b]) => a && b);
  return pairs.length > 0 && pairs.every(([a, b]) => a === b);
}

/** A page whose address has another origin may send few headers without asking for leave first. */
export function isOfOtherOrigin({ origin }: URL): boolean {
  return globalThis.location !== undefined && origin !== globalThis.location.origin;
}
