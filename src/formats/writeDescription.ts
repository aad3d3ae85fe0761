// What a model file says beside the network, as strings by key.
import type { Description } from './description.js';

export function writeDescription({ preprocessing, labels, provenance, license }: Description): Map<string, string> {
  const metadata = new Map<string, string>();
  for (const [key, value] of Object.entries({ preprocessing, labels, provenance })) {
    if (value !== undefined) metadata.set(key, JSON.stringify(value));
  }
  if (license !== undefined) metadata.set('license', license);
  return metadata;
}
