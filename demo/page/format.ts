// Numbers as people read them.

/** Three digits, at least. */
const threeDigits = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

export const milliseconds = (ms: number): string => `${threeDigits(ms)} ms`;

export const perSecond = (count: number): string => threeDigits(count);

export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;

export const millions = (count: number): string =>
  `${(count / 1e6).toLocaleString('en', { maximumFractionDigits: count < 1e7 ? 2 : 0 })} M`;

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const seconds = (count: number): string =>
  count < 90 ? `${Math.max(1, Math.ceil(count))} s` : `${Math.round(count / 60)} min`;

export const shape = (sizes: readonly number[]): string => sizes.join(' × ');
