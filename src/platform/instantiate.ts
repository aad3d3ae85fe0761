// How an instance is made wherever a module is a WebAssembly.Module of this realm.
import { instantiate as load } from '@assemblyscript/loader';
import type { Host } from '../runtime/host.js';

export const instantiate: Host['instantiate'] = async (module, imports) => {
  const { instance } = await load(module, imports as unknown as Parameters<typeof load>[1]);
  return instance.exports;
};
