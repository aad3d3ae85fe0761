// What pages and their workers share: addresses are relative to the document or the worker's script; pictures that only they have.

import { HetConvError } from '../index.js';
import type { Host } from '../runtime/host.js';
import { sourcesOf } from './sources.js';

export function locate(text: string): URL {
  const base = globalThis.document?.baseURI || globalThis.location?.href || undefined;
  if (URL.canParse(text, base)) return new URL(text, base);
  throw new HetConvError('bad-option', `"${text.slice(0, 200)}" is no URL`);
}

const sources = sourcesOf({ locate });

export const page: Pick<Host, 'read' | 'sibling' | 'pixels'> = {
  ...sources,
  pixels: async (source) => (await import('./pixels.js')).pixelsOf(source),
};
