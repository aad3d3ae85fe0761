// The JSON that `hetconv bench`, `hetconv profile` or a page wrote, on this machine or another.
import { readFile } from 'node:fs/promises';
import { type Environment, RECORD_VERSION } from '../bench/record.js';
import { dictionary, oneOf, parseJson, text } from '../formats/schema.js';
import { HetConvError } from '../platform/node/index.js';

export interface RecordFile<Format extends string> {
  readonly format: Format;
  readonly environment: Environment;
  /** Nothing else of it has been checked. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Throws `not-found`, `bad-file` for what is in none of these formats, and `bad-version`. */
export async function readRecordFile<const Format extends string>(
  path: string,
  formats: readonly Format[],
): Promise<RecordFile<Format>> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    throw new HetConvError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  const fields = dictionary(parseJson(content, path), path);
  const format = oneOf(fields.format, `${path}: format`, formats);
  if (fields.version !== RECORD_VERSION) {
    throw new HetConvError(
      'bad-version',
      `${path} is of version ${fields.version}; this release reads version ${RECORD_VERSION}`,
    );
  }
  return { format, environment: checkEnvironment(fields.environment, `${path}: environment`), fields };
}

function checkEnvironment(value: unknown, path: string): Environment {
  const { date, device, engine, hetconv } = dictionary(value, path);
  return {
    date: text(date, `${path}.date`),
    device: text(device, `${path}.device`),
    engine: text(engine, `${path}.engine`),
    hetconv: text(hetconv, `${path}.hetconv`),
  };
}
