// Every model under models/ gives the logits that PyTorch computed in f32 from the very weights that its file holds.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSafetensors } from '../src/formats/safetensors.js';
import { toConstant } from '../src/formats/safetensors.js';
import { valuesOf } from '../src/graph/constant.js';
import { loadModel } from '../src/platform/node/index.js';
