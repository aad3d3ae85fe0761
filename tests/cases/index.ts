// The case lists by family: what the harnesses run.

import { cases as convolutions } from './convolutions.js';
import { cases as depthwise } from './depthwise.js';
import { cases as elementwise } from './elementwise.js';
import { cases as matMul } from './matMul.js';
import { cases as moves } from './moves.js';
import { cases as normalisation } from './normalisation.js';
import { cases as pooling } from './pooling.js';
import { cases as reduce } from './reduce.js';
import { cases as resize } from './resize.js';
import { cases as selection } from './selection.js';
import { cases as separable } from './separable.js';
import { cases as softmax } from './softmax.js';
import type { TestCase } from './testCase.js';

export const caseLists: Readonly<Record<string, readonly TestCase[]>> = {
  convolutions,
  depthwise,
  elementwise,
  matMul,
  moves,
  normalisation,
  pooling,
  reduce,
  resize,
  selection,
  separable,
  softmax,
};
