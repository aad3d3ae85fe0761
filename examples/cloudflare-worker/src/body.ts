// The body of a request, read within bounds whatever its headers say, and the picture in it.
import { Refusal } from './refusal.js';

const PICTURES = ['image/jpeg', 'image/png', 'image/webp'];
const FORM = 'multipart/form-data';

/** Bytes of one body, and of all bodies that an isolate holds at a time. */
export const MAX_BODY = 2 * 2 ** 20;
const MAX_HELD = 4 * MAX_BODY;

let held = 0;

/** The content type, once it is known to be one that can hold a picture. */
export function mediaTypeOf(headers: Headers): string {
  const type = headers.get('content-type') ?? '';
  if (![...PICTURES, FORM].includes(essenceOf(type))) throw unsupported(type);
  const coding = headers.get('content-encoding') ?? 'identity';
  if (coding !== 'identity') throw new Refusal(415, 'bad-input', `the body is coded in ${coding}; send it as it is`);
  return type;
}

/** Reads the body and gives it to `use`. Its bytes count as held until that has ended. */
export async function withBody<T>(request: Request, use: (body: Uint8Array) => Promise<T>): Promise<T> {
  let own = 0;
  const hold = (bytes: number) => {
    own += bytes;
    held += bytes;
    if (own > MAX_BODY) throw tooLong();
    if (held > MAX_HELD) throw new Refusal(503, 'busy', 'too many pictures at a time; try again', { 'retry-after': '1' });
  };
  try {
    return await use(await read(request, hold));
  } finally {
    held -= own;
  }
}

/** `hold` is told of every chunk, and throws where there are too many: no more is read then. */
async function read({ headers, body }: Request, hold: (bytes: number) => void): Promise<Uint8Array> {
  if (Number(headers.get('content-length')) > MAX_BODY) throw tooLong();
  const bounds = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      hold(chunk.length);
      controller.enqueue(chunk);
    },
  });
  try {
    return new Uint8Array(await new Response(body?.pipeThrough(bounds)).arrayBuffer());
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(400, 'bad-input', `the body ended too early: ${cause}`);
  }
}

/** The body itself, or the one file of a form. */
export async function pictureIn(body: Uint8Array, type: string): Promise<Uint8Array> {
  if (essenceOf(type) !== FORM) return body;
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch((cause) => {
    throw new Refusal(400, 'bad-input', `the form cannot be read: ${cause.message}`);
  });
  const [file, ...others] = [...form.values()].filter((value) => value instanceof File);
  if (!file || others.length > 0)
    throw new Refusal(400, 'bad-input', `a form must have one file, the picture; this one has ${file ? 1 + others.length : 0}`);
  if (!['', 'application/octet-stream', ...PICTURES].includes(essenceOf(file.type))) throw unsupported(file.type);
  return new Uint8Array(await file.arrayBuffer());
}

function essenceOf(type: string): string {
  return type.split(';', 1)[0]!.trim().toLowerCase();
}

function unsupported(type: string): Refusal {
  const accepted = [...PICTURES, FORM].join(', ');
  return new Refusal(415, 'bad-input', `the content type is ${type || 'missing'}; it must be one of ${accepted}`, {
    accept: accepted,
  });
}

function tooLong(): Refusal {
  return new Refusal(413, 'too-large', `the body is longer than ${MAX_BODY} bytes; make the picture smaller`);
}
