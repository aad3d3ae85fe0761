// The SHA-256 of a model that its card states: the README.md beside it, in the YAML head that cards of models begin with.
import { HetConvError } from '../graph/error.js';

const CARD = 'README.md';
/** Bytes in which the head has to end. */
const HEAD = 65536;

/**
 * The SHA-256, in hexadecimal digits, of the model at `place`; `read` gives the card. Throws `bad-option` where the model has no place that a
 * card could be beside, `not-found` where there is no card, `bad-file` where the card does not state it.
 */
export async function sha256OfCard(place: URL | undefined, read: (card: URL) => Promise<Uint8Array>): Promise<string> {
  if (!place || !URL.canParse(CARD, place)) {
    const cure = "give the model's path or address, or its SHA-256";
    throw new HetConvError('bad-option', `integrity 'card' needs a model that has a card beside it: ${cure}`);
  }
  const card = new URL(CARD, place);
  const bytes = await read(card).catch((cause) => {
    if (!(cause instanceof HetConvError) || cause.code !== 'not-found') throw cause;
    throw new HetConvError('not-found', `integrity 'card' needs the model's card, ${card.href}: ${cause.message}`, { cause });
  });
  const name = nameOf(place);
  const stated = statedIn(new TextDecoder().decode(bytes.subarray(0, HEAD)), name);
  if (stated) return stated;
  const lines = `"sha256:", below it "  ${name}: " and 64 hexadecimal digits`;
  throw new HetConvError(
    'bad-file',
    `the card ${card.href} states no SHA-256 of ${name}: its head, between two lines "---", must have ${lines}`,
  );
}

/** Of a file, as people write it. */
function nameOf({ pathname }: URL): string {
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The digits in the line of a file, among those below the line `sha256:` of the head. */
function statedIn(card: string, name: string): string | undefined {
  const [first, ...lines] = card.split(/\r?\n/);
  const end = first === '---' ? lines.indexOf('---') : -1;
  const begin = lines.indexOf('sha256:') + 1;
  if (begin === 0 || begin > end) return undefined;
  for (const line of lines.slice(begin, end)) {
    if (!line.startsWith(' ')) return undefined;
    const [, , file, , digits] = line.match(/^ +(['"]?)([^ '"].*)\1: +(['"]?)([0-9a-f]{64})\3 *$/i) ?? [];
    if (file === name) return digits!.toLowerCase();
  }
  return undefined;
}
