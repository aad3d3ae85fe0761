// The ops that are computed while a graph is imported where all their inputs are known, and give the very values that a run would.
import { arithmetic } from './arithmetic.js';
import type { Fold } from './fold.js';
import { moves } from './moves.js';
import { reductions } from './reductions.js';

export const folds: Readonly<Record<string, Fold>> = { ...arithmetic, ...moves, ...reductions };
