// Branches: only one whose condition is known, whose graph then stands in its place.
import type { Conversion } from '../nodeReader.js';
import { label } from '../operand.js';

export const control: Readonly<Record<string, Conversion>> = {
  If: (node) => {
    const branch = node.number(0) !== 0 ? 'then_branch' : 'else_branch';
    return node.inline(node.attribute(branch)?.graph ?? node.wrong(`it has no ${branch}`), label(node.source));
  },
};
