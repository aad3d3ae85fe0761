// Inputs of an ONNX graph with all their sizes fixed.
import { HetConvError } from '../../graph/error.js';
import type { Shape } from '../../graph/graph.js';
import type { Computed } from './operand.js';
import type { OnnxValue } from './proto.js';
import { knownType } from './tensor.js';

/** Integers come in as f32. An open first axis is the batch, which becomes 1; other open sizes have to be in `shapes`. Throws `bad-shape` or `bad-option`. */
export function graphInputs(
  values: readonly OnnxValue[],
  shapes: Readonly<Record<string, Shape>> = {},
): (Computed & { name: string })[] {
  for (const name of Object.keys(shapes)) {
    if (!values.some((value) => value.name === name)) {
      const known = values.map((value) => `"${value.name}"`).join(', ');
      throw new HetConvError('bad-option', `shapes names the input "${name}"; the inputs of the model are ${known}`);
    }
  }
  return values.map((value) => {
    const { name, elementType } = value;
    const type = knownType(elementType);
    if (!type)
      throw new HetConvError('bad-graph', `input "${name}" has the ONNX element type ${elementType}; only numbers are supported`);
    const shape = Object.hasOwn(shapes, name) ? chosenShape(value, shapes[name]!) : fixedShape(value);
    return { name, shape, type: 'f32', integer: type === 'int' || type === 'bool' };
  });
}

function chosenShape({ name, dims }: OnnxValue, shape: Shape): Shape {
  const sizes = Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size > 0);
  if (!sizes) throw new HetConvError('bad-option', `shapes["${name}"] must be a list of positive integers`);
  if (dims && dims.length !== shape.length) {
    throw new HetConvError(
      'bad-option',
      `shapes["${name}"] is [${shape}]; the input has ${dims.length} axes, [${describe(dims)}]`,
    );
  }
  return shape;
}

function fixedShape({ name, dims }: OnnxValue): Shape {
  const advice = `say it with the option shapes, as in { shapes: { "${name}": [1, 3, 224, 224] } }`;
  if (!dims) throw new HetConvError('bad-shape', `input "${name}" has no fixed shape; ${advice}`);
  if (dims.length === 0) throw new HetConvError('bad-shape', `input "${name}" has no axes; only tensors with axes are supported`);
  const shape = dims.map((size, axis) => (axis === 0 && !(Number(size) > 0) ? 1 : Number(size)));
  const open = shape.findIndex((size) => !(size > 0));
  if (open >= 0) {
    throw new HetConvError('bad-shape', `input "${name}", [${describe(dims)}], has no fixed size on axis ${open}; ${advice}`);
  }
  return shape;
}

function describe(dims: readonly (number | string)[]): string {
  return dims.map((size) => (typeof size === 'string' ? size.slice(0, 40) || '?' : size)).join(', ');
}
