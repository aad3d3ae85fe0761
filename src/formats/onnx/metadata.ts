// What a native file says beside the network, in the metadata of an ONNX file: the same keys behind a prefix.
const PREFIX = 'hetconv.';

export function toOnnxMetadata(description: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...description].map(([key, value]) => [PREFIX + key, value]));
}

/** Without what other programs wrote. */
export function fromOnnxMetadata(metadata: ReadonlyMap<string, string>): Map<string, string> {
  const own = [...metadata].filter(([key]) => key.startsWith(PREFIX));
  return new Map(own.map(([key, value]) => [key.slice(PREFIX.length), value]));
}
