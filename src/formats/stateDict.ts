// Weights without a network: what a PyTorch checkpoint holds, or a safetensors file that is no model file.
import { derive } from '../graph/constant.js';
import { HetConvError } from '../graph/error.js';
import { cleaned, inNaturalOrder, type StateDict } from '../weights/stateDict.js';
import { toF32 } from './elements.js';
import { readSafetensors } from './safetensors.js';
import { describeBytes } from './unknownFile.js';

export interface StateDictOptions {
  readonly maxMemory: number;
  /** Chooses among several sets of weights in a checkpoint. */
  readonly key?: string | undefined;
}

/** Throws `bad-file`, `bad-option` or `too-large`. */
export async function readStateDict(bytes: Uint8Array, { maxMemory, key }: StateDictOptions): Promise<StateDict> {
  if (isCheckpoint(bytes)) {
    const { readTorchStateDict } = await import('./torch/stateDict.js');
    return cleaned(await readTorchStateDict(bytes, maxMemory, key));
  }
  if (bytes[8] !== 0x7b) {
    throw new HetConvError(
      'bad-file',
      `this is ${describeBytes(bytes)}; weights by PyTorch (.pt, .pth) or .safetensors are needed`,
    );
  }
  const { tensors } = readSafetensors(bytes);
  const constants = [...tensors].map(([name, { dtype, shape, bytes }]) => {
    return [name, derive(shape, [], () => toF32(dtype, bytes))] as const;
  });
  // Writers of safetensors sort by name, so that the order of definition is lost.
  return cleaned(inNaturalOrder(new Map(constants)));
}

/** A file of torch.save: a ZIP archive, or a pickle of protocol 2 as it was before. */
export function isCheckpoint([first, second]: Uint8Array): boolean {
  return (first === 0x50 && second === 0x4b) || (first === 0x80 && second === 0x02);
}

/** Throws the error of a file that is weights only: what it holds, and which network it may be of. */
export async function refuseWeights(bytes: Uint8Array, options: StateDictOptions): Promise<never> {
  const state = await readStateDict(bytes, options);
  const { describeWeights } = await import('../weights/fillArchitecture.js');
  throw new HetConvError('bad-file', describeWeights(state));
}
