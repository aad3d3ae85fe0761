// What is answered where there is no result: JSON with a code to branch on, and a sentence.
import { type ErrorCode, HetConvError } from 'hetconv';

/** A request that cannot be served, for a reason that its client should know. */
export class Refusal extends HetConvError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}

/** What hetconv says of pictures is the client's concern; all else is ours, and goes to the log. */
export function refuse(error: unknown): Response {
  const { status, code, message, headers } = asRefusal(error);
  return Response.json({ error: { code, message } }, { status, headers });
}

const OF_PICTURES: Partial<Record<ErrorCode, number>> = { 'bad-image': 400, 'too-large': 413 };

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code, message } = error instanceof HetConvError ? error : { code: 'worker-failed' as const, message: '' };
  const status = OF_PICTURES[code];
  if (status) return new Refusal(status, code, message);
  console.error(error);
  return new Refusal(500, code, 'the picture cannot be classified; the log of the worker says why');
}
