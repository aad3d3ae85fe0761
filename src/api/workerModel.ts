// A model that runs in a worker of its own, with the methods of one that does not.
import { HetConvError } from '../graph/error.js';
import type { Host, Source, WorkerThread } from '../runtime/host.js';
import { type CallOptions, deliver, type Inputs, type Outputs, type RunOptions } from '../runtime/session.js';
import type { Classification } from './classification.js';
import type { ModelDescription } from './description.js';
import type { Detection, DetectOptions } from './detection.js';
import { isPicture, type Model } from './model.js';
import type { LoadOptions } from './options.js';
import { type PictureSource, receivePicture } from './pictureSource.js';
import { type PreparedPicture, preparedFrom } from './preparation.js';
import type { LayerProfile } from './profile.js';
import type { Segmentation } from './segmentation.js';
import { WorkerChannel } from './workerChannel.js';
import type { FromWorker, ModelFacts, ToWorker } from './workerProtocol.js';

/** Calls that may wait behind the one that runs. */
const DEFAULT_QUEUE = 64;

/** Starts a worker, which reads and plans the model. Whatever fails, or an abort, ends the worker. */
export async function loadInWorker(host: Host, source: Source, options: LoadOptions): Promise<Model> {
  const { worker: _, transfer = false, maxQueue = DEFAULT_QUEUE, signal, onProgress, onTuning, ...rest } = options;
  if (!host.workers) {
    throw new HetConvError('unsupported-platform', 'there are no workers here: load the model without the option worker');
  }
  signal?.throwIfAborted();
  const isAddress = typeof source === 'string' || source instanceof URL;
  const sent = isAddress ? host.workers.address(source) : await host.read(source, options);
  const thread = (await host.workers.start().catch((cause) => {
    throw new HetConvError('worker-failed', `a worker could not start: ${cause.message}`, { cause });
  })) as WorkerThread<ToWorker, FromWorker>;
  const channel = new WorkerChannel(thread, maxQueue, { onProgress, onTuning });
  try {
    // What was read here belongs to nobody else.
    const [own, buffers] = handOver(sent, transfer || !isBytes(source));
    const request = { source: own, options: rest, progress: onProgress !== undefined, tuning: onTuning !== undefined };
    return new WorkerModel(host, channel, await channel.call('load', request, buffers, signal));
  } catch (error) {
    channel.close();
    throw error;
  }
}

function isBytes(source: Source): boolean {
  return ArrayBuffer.isView(source) || Object.prototype.toString.call(source) === '[object ArrayBuffer]';
}

export class WorkerModel implements Model {
  readonly name: Model['name'];
  readonly inputs: Model['inputs'];
  readonly outputs: Model['outputs'];
  readonly variant: Model['variant'];
  readonly labels: Model['labels'];
  readonly preprocessing: Model['preprocessing'];
  readonly provenance: Model['provenance'];
  readonly license: Model['license'];
  readonly tuning: Model['tuning'];
  readonly #host: Host;
  readonly #channel: WorkerChannel;
  readonly #description: ModelDescription;

  constructor(host: Host, channel: WorkerChannel, facts: ModelFacts) {
    this.name = facts.name;
    this.inputs = facts.inputs;
    this.outputs = facts.outputs;
    this.variant = facts.variant;
    this.labels = facts.labels;
    this.preprocessing = facts.preprocessing;
    this.provenance = facts.provenance;
    this.license = facts.license;
    this.tuning = facts.tuning;
    this.#host = host;
    this.#channel = channel;
    this.#description = facts.description;
  }

  async run(
    inputs: Readonly<Record<string, Inputs[string] | PictureSource>>,
    { into, transfer = false, signal }: RunOptions = {},
  ): Promise<Outputs> {
    const first = this.inputs[0]!.name;
    const given = this.preprocessing && inputs?.[first];
    const received = isPicture(given) ? { ...inputs, [first]: await receivePicture(given, this.#host) } : inputs;
    const [own, buffers] = handOver(received, transfer);
    const outputs = await this.#channel.call('run', { inputs: own }, buffers, signal);
    return into
      ? Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, deliver(name, tensor, into)]))
      : outputs;
  }

  runSync(): never {
    throw new HetConvError('bad-option', 'a model in a worker cannot run synchronously: await run, or load it without worker');
  }

  async prepare(image: PictureSource, { transfer = false, signal }: CallOptions = {}): Promise<PreparedPicture> {
    const [own, buffers] = await this.#receive(image, transfer);
    const { tensor, width, height } = await this.#channel.call('prepare', { image: own }, buffers, signal);
    return preparedFrom(tensor, { width, height }, this.preprocessing!);
  }

  async classify(
    image: PictureSource,
    { transfer = false, signal, ...options }: { topK?: number } & CallOptions = {},
  ): Promise<Classification[]> {
    const [own, buffers] = await this.#receive(image, transfer);
    return this.#channel.call('classify', { image: own, options }, buffers, signal);
  }

  async detect(image: PictureSource, { transfer = false, signal, ...options }: DetectOptions = {}): Promise<Detection[]> {
    const [own, buffers] = await this.#receive(image, transfer);
    return this.#channel.call('detect', { image: own, options }, buffers, signal);
  }

  async segment(image: PictureSource, { transfer = false, signal }: CallOptions = {}): Promise<Segmentation> {
    const [own, buffers] = await this.#receive(image, transfer);
    return this.#channel.call('segment', { image: own }, buffers, signal);
  }

  cost(): ReturnType<Model['cost']> {
    return { layers: this.#description.layers, total: this.#description.total };
  }

  describe(): ModelDescription {
    return this.#description;
  }

  async profile(
    inputs: Inputs,
    { transfer = false, signal, ...options }: { runs?: number } & CallOptions = {},
  ): Promise<LayerProfile[]> {
    const [own, buffers] = handOver(inputs, transfer);
    return this.#channel.call('profile', { inputs: own, options }, buffers, signal);
  }

  dispose(): void {
    this.#channel.close();
  }

  async #receive(image: PictureSource, transfer: boolean) {
    this.#channel.assertOpen();
    return handOver(await receivePicture(image, this.#host), transfer);
  }
}

/** Inputs, one of them, its data. */
const DEPTH = 2;

/**
 * A value to be sent, and the buffers that go with it. Arrays of numbers are copied first, and only their own part of a buffer, unless they
 * may be transferred and are all of it.
 */
function handOver<Value>(value: Value, transfer: boolean): [Value, ArrayBuffer[]] {
  const buffers: ArrayBuffer[] = [];
  const visit = (part: unknown, depth: number): unknown => {
    if (!ArrayBuffer.isView(part)) return depth > 0 && isPlain(part) ? mapValues(part, (each) => visit(each, depth - 1)) : part;
    const { buffer, byteOffset, byteLength } = part;
    const whole = transfer && buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
    const own = whole ? buffer : new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength)).buffer;
    buffers.push(own);
    return retyped(part, own);
  };
  return [visit(value, DEPTH) as Value, [...new Set(buffers)]];
}

/** The same kind of array over another buffer. */
function retyped(part: ArrayBufferView, buffer: ArrayBuffer): ArrayBufferView {
  if (part instanceof Float32Array) return new Float32Array(buffer);
  // Node's Buffer is one, and would have a pool of its own.
  if (part instanceof Uint8Array) return new Uint8Array(buffer);
  return new (part.constructor as new (buffer: ArrayBuffer) => ArrayBufferView)(buffer);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.prototype.toString.call(value) === '[object Object]';
}

function mapValues(value: Readonly<Record<string, unknown>>, change: (part: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)]));
}
