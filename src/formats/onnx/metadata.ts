// How the keys of a native file's metadata are called in an ONNX file's.
export const METADATA_PREFIX = 'hetconv.';
