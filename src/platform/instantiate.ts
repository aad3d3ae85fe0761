// How an instance is made without the AssemblyScript loader, which is a twelfth of what a page downloads, and compiles anew what is of
// another realm: it asks `instanceof WebAssembly.Module`.
import type { Host } from '../runtime/host.js';

export const instantiate: Host['instantiate'] = async (module, imports) =>
  (await WebAssembly.instantiate(module, imports as unknown as WebAssembly.Imports)).exports;
