// as-pect: each *.spec.ts here is compiled with the kernels it imports and run on this Node.
export default {
  entries: ['tests/assembly/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  instantiate(memory, createImports, instantiate, binary) {
    return instantiate(binary, createImports({ env: { memory } }));
  },
  outputBinary: false,
};
