// How a failure is told: a sentence for a user's mistake, a request to report for ours; JSON where JSON was asked for.
import { HetConvError } from '../platform/node/index.js';

/** The command was called wrongly. */
export class UsageError extends HetConvError {
  constructor(message: string) {
    super('bad-option', message);
  }
}

/** Prints to stderr, or to stdout as `{"error": {code, message}}`. The stack is shown with HETCONV_DEBUG=1 only. */
export function reportError(error: unknown, json: boolean): void {
  if (json) console.log(JSON.stringify({ error: describeError(error) }));
  else console.error(`hetconv: ${describeError(error).message}`);
  if (process.env.HETCONV_DEBUG === '1') console.error(error);
}

export function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof HetConvError) return { code: error.code, message: error.message };
  const what = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `internal error: ${what} (a mistake of ours: please report it with what HETCONV_DEBUG=1 prints)`,
  };
}

/** Runs `work` and puts the name of the file that it is about before the message of a HetConvError that does not name it. */
export async function about<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HetConvError) || error.message.includes(file)) throw error;
    throw new HetConvError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}
