// Each binary is compiled once, however many models ask for it.
import type { BinaryName, Host } from '../runtime/host.js';

/** A failure is forgotten, so that a later call tries again. */
export function once(compile: Host['module']): Host['module'] {
  const modules = new Map<BinaryName, Promise<WebAssembly.Module>>();
  return (name) => {
    let module = modules.get(name);
    if (!module) {
      module = compile(name);
      module.catch(() => modules.delete(name));
      modules.set(name, module);
    }
    return module;
  };
}
