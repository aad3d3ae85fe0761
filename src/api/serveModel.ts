// The worker's side: loads one model and answers calls of it.
import { HetConvError } from '../graph/error.js';
import type { LoadModel } from './loadModel.js';
import type { Model } from './model.js';
import type { Answer, Failure, FromWorker, ToWorker } from './workerProtocol.js';

/** A worker's end of the channel, whatever platform made it. Messages are this package's own: nobody else has the other end. */
export interface ServerPort {
  post(message: FromWorker, transfer: ArrayBuffer[]): void;
}

/** Returns what takes each message of the other side. */
export function serveModel(loadModel: LoadModel, { post }: ServerPort): (message: ToWorker) => Promise<void> {
  let loaded: Model | undefined;

  async function answer(message: ToWorker): Promise<Answer> {
    if (message.call === 'load') {
      const { source, options, progress, tuning } = message;
      const model = await loadModel(source, {
        ...options,
        ...(progress && { onProgress: (loaded, total) => post({ kind: 'progress', loaded, total }, []) }),
        ...(tuning && { onTuning: (done, total) => post({ kind: 'tuning', done, total }, []) }),
      });
      loaded = model;
      const { name, inputs, outputs, variant, labels, preprocessing, provenance, license } = model;
      const about = { name, inputs, outputs, variant, labels, preprocessing, provenance, license, tuning: model.tuning };
      return { ...about, description: model.describe() };
    }
    const model = loaded!;
    switch (message.call) {
      case 'run':
        return model.run(message.inputs);
      case 'prepare': {
        const { tensor, width, height } = await model.prepare(message.image);
        return { tensor, width, height };
      }
      case 'classify':
        return model.classify(message.image, message.options);
      case 'detect':
        return model.detect(message.image, message.options);
      case 'segment':
        return model.segment(message.image);
      case 'profile':
        return model.profile(message.inputs, message.options);
    }
  }

  return async (message) => {
    try {
      const value = await answer(message);
      post({ kind: 'answer', answer: value }, buffersIn(value));
    } catch (error) {
      post(failureOf(error), []);
    }
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof HetConvError) return { kind: 'failure', code: error.code, name: error.name, message: error.message };
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { kind: 'failure', name, message };
}

/** The buffers of all arrays of numbers in a result, each of which is the caller's own. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  return Object.values(value).flatMap(buffersIn);
}
