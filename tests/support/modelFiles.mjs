// The trained models under models/, and what their files say of themselves.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Folders that hold a model. */
export const modelNames = readdirSync('models').filter((name) => existsSync(`models/${name}/model.safetensors`));

export const modelPath = (name) => `models/${name}/model.safetensors`;

/** The metadata of a safetensors file: strings, most of them JSON. */
export function metadataOf(path) {
  const bytes = readFileSync(path);
  return JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0)))).__metadata__;
}

/** What PyTorch measured with the same weights: {percent, pictures}. */
export const recordedAccuracy = (name) => JSON.parse(metadataOf(`models/${name}/golden.safetensors`).accuracy);
