// The one error class of the project: a stable code to branch on, a sentence for a person.

/** What went wrong, stable across releases. */
export type ErrorCode =
  | 'bad-file' // not a file of a known format, truncated, or inconsistent
  | 'bad-version' // a newer file than this release reads
  | 'bad-graph' // the graph is not a valid network: unknown name, cycle, duplicate
  | 'unsupported-op' // an operation that this release does not have
  | 'bad-attribute' // an attribute is missing, of the wrong type or out of range
  | 'bad-shape' // shapes that do not fit each other
  | 'bad-input' // an input tensor of the wrong name, size or type
  | 'bad-image' // a picture that cannot be decoded
  | 'bad-option' // an option or argument of the caller's
  | 'too-large' // beyond maxMemory or another named limit
  | 'not-found' // a file or address that is not there
  | 'unsupported-platform' // no WebAssembly SIMD here, or no workers
  | 'disposed' // the model was disposed
  | 'busy' // more calls wait for a model in a worker than maxQueue allows
  | 'worker-failed'; // the worker of a model could not start, or ended

/** Every failure that a user can cause is one of these; `message` says what is wrong, where, and what to do. */
export class HetConvError extends Error {
  override readonly name = 'HetConvError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
