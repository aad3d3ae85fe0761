// ONNX operators to ours, a table for each family. Semantics: https://onnx.ai/onnx/operators/, from opset 6 on.
import type { Conversion } from '../nodeReader.js';
import { constants } from './constants.js';
import { control } from './control.js';
import { convolution } from './convolution.js';
import { detection } from './detection.js';
import { elementwise } from './elementwise.js';
import { matrix } from './matrix.js';
import { moves } from './moves.js';
import { normalisation } from './normalisation.js';
import { pooling } from './pooling.js';
import { reduction } from './reduction.js';
import { resizing } from './resizing.js';
import { shapes } from './shapes.js';

export const conversions: Readonly<Record<string, Conversion>> = {
  ...constants,
  ...control,
  ...convolution,
  ...detection,
  ...elementwise,
  ...matrix,
  ...moves,
  ...normalisation,
  ...pooling,
  ...reduction,
  ...resizing,
  ...shapes,
};
