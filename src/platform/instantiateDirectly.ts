// Without the AssemblyScript loader, which asks `instanceof WebAssembly.Module` and would compile what is of another realm.
import type { Host } from '../runtime/host.js';

export const instantiateDirectly: Host['instantiate'] = async (module, imports) =>
  (await WebAssembly.instantiate(module, imports as unknown as WebAssembly.Imports)).exports;
