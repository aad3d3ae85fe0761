// What importing a binary means: build.mjs leaves `*.wasm` to the platform, and puts `*.wasm?deflated` in as base64.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?deflated' {
  const base64: string;
  export default base64;
}
