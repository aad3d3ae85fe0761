// What importing a binary means: build.mjs leaves `*.wasm` to the platform, and puts `*.wasm?hex` in as hexadecimal digits.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?hex' {
  const digits: string;
  export default digits;
}
