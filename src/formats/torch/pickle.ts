// Python's pickle, protocols 2 to 5, without Python: containers and numbers are built, names are looked up in a table of ours,
// and what the table lacks ends the reading. Nothing from the file ever runs.
import { HetConvError } from '../../graph/error.js';

/** Lists and tuples are arrays, dicts are maps in their order, bytes are a Uint8Array, None is null. */
export type PickleValue = null | boolean | number | bigint | string | object;

/** A name of a Python module that the reader knows: what it means when called, if it can be. */
export interface Named {
  readonly name: string;
  readonly call?: (args: readonly PickleValue[]) => PickleValue;
}

/** An object that the reader has no use for; its state is dropped. */
export class Inert {}

export interface PickleNames {
  /** Undefined refuses the name. */
  find(name: string): Named | undefined;
  /** What lies outside of the pickle. */
  persistent(id: PickleValue): PickleValue;
}

/** Each takes a few dozen bytes at most. */
const MAX_STEPS = 2_000_000;
const MAX_INTEGER_BYTES = 32;
const MAX_NAME = 1000;
const MAX_PROTOCOL = 5;
const MARK = Symbol('mark');

type Slot = PickleValue | typeof MARK;

/** The value that the pickle at `begin` describes, and where it ends. Throws `bad-file`. */
export function unpickle(bytes: Uint8Array, begin: number, names: PickleNames): { value: PickleValue; end: number } {
  const machine = new Machine(bytes, begin, names);
  return { value: machine.run(), end: machine.at };
}

class Machine {
  at: number;
  steps = 0;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly names: PickleNames;
  readonly stack: Slot[] = [];
  readonly memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, begin: number, names: PickleNames) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.names = names;
    this.at = begin;
  }

  run(): PickleValue {
    for (; this.steps < MAX_STEPS; this.steps++) {
      const opcode = this.u8();
      if (opcode === STOP) return this.pop();
      const instruction = INSTRUCTIONS.get(opcode);
      if (!instruction) fail(`byte ${this.at - 1} is 0x${opcode.toString(16)}, which is no instruction`);
      instruction(this);
    }
    return fail(`it has more than ${MAX_STEPS} instructions`);
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    return value === undefined || value === MARK ? fail(`at byte ${this.at - 1} a value is missing`) : value;
  }

  popSome(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** What lies above the topmost mark, which goes too. */
  popMark(): PickleValue[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) fail(`at byte ${this.at - 1} a mark is missing`);
    return this.stack.splice(mark).slice(1) as PickleValue[];
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) fail(`at byte ${this.at - 1} something is appended to what is no list`);
    for (const item of items) list.push(item);
  }

  addItems(items: readonly PickleValue[]): void {
    const set = this.top();
    if (!(set instanceof Set)) fail(`at byte ${this.at - 1} something is added to what is no set`);
    for (const item of items) set.add(item);
  }

  setItems(pairs: readonly PickleValue[]): void {
    const map = this.top();
    if (!(map instanceof Map)) fail(`at byte ${this.at - 1} an item is set in what is no dict`);
    setItems(map, pairs);
  }

  recall(index: number): PickleValue {
    const value = this.memo.get(index);
    return value === undefined ? fail(`byte ${this.at} recalls value ${index}, which was never stored`) : value;
  }

  name([module, name]: readonly PickleValue[]): Named {
    if (typeof module !== 'string' || typeof name !== 'string') fail(`at byte ${this.at - 1} a name is no text`);
    const full = `${module}.${name}`.slice(0, 200);
    return this.names.find(full) ?? refuse(`"${full}"`);
  }

  call([callable, args]: readonly PickleValue[]): PickleValue {
    const { name, call } = (callable ?? {}) as Partial<Named>;
    if (!call || !Array.isArray(args)) refuse(name === undefined ? 'a call of no function' : `a call of "${name}"`);
    // It may look at each item of a list.
    if (Array.isArray(args[0])) this.steps += args[0].length;
    return call(args);
  }

  /** The state of what has a meaning here carries nothing that a tensor needs. */
  build(): void {
    this.pop();
    const target = this.top();
    if (!(target instanceof Map || target instanceof Inert)) refuse('the state of an object');
  }

  skip(count: number): number {
    const at = this.at;
    if (count > this.bytes.length - at) fail('it ends in the middle: the file is truncated, get it again');
    this.at += count;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.skip(1));
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  u64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  take(length: number): Uint8Array {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end - this.at > MAX_NAME) fail(`at byte ${this.at} a name does not end`);
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  /** Two's complement, little-endian. */
  integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) fail(`an integer of ${length} bytes at byte ${this.at}`);
    const magnitude = this.take(length).reduceRight((value, digit) => (value << 8n) | BigInt(digit), 0n);
    const value = BigInt.asIntN(8 * length, magnitude);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
}

const STOP = 0x2e;

/** By opcode, in the order of Python's pickletools.py. */
const INSTRUCTIONS: ReadonlyMap<number, (m: Machine) => unknown> = new Map<number, (m: Machine) => unknown>([
  [0x4a, (m) => m.push(m.view.getInt32(m.skip(4), true))], // BININT
  [0x4b, (m) => m.push(m.u8())], // BININT1
  [0x4d, (m) => m.push(m.view.getUint16(m.skip(2), true))], // BININT2
  [0x8a, (m) => m.push(m.integer(m.u8()))], // LONG1
  [0x8b, (m) => m.push(m.integer(m.u32()))], // LONG4
  [0x54, (m) => m.push(m.text(m.u32()))], // BINSTRING
  [0x55, (m) => m.push(m.text(m.u8()))], // SHORT_BINSTRING
  [0x42, (m) => m.push(m.take(m.u32()))], // BINBYTES
  [0x43, (m) => m.push(m.take(m.u8()))], // SHORT_BINBYTES
  [0x8e, (m) => m.push(m.take(m.u64()))], // BINBYTES8
  [0x96, (m) => m.push(m.take(m.u64()))], // BYTEARRAY8
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x8c, (m) => m.push(m.text(m.u8()))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.text(m.u32()))], // BINUNICODE
  [0x8d, (m) => m.push(m.text(m.u64()))], // BINUNICODE8
  [0x47, (m) => m.push(m.view.getFloat64(m.skip(8)))], // BINFLOAT
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popMark())], // APPENDS
  [0x6c, (m) => m.push(m.popMark())], // LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x74, (m) => m.push(m.popMark())], // TUPLE
  [0x85, (m) => m.push(m.popSome(1))], // TUPLE1
  [0x86, (m) => m.push(m.popSome(2))], // TUPLE2
  [0x87, (m) => m.push(m.popSome(3))], // TUPLE3
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x64, (m) => m.push(setItems(new Map(), m.popMark()))], // DICT
  [0x73, (m) => m.setItems(m.popSome(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS
  [0x8f, (m) => m.push(new Set())], // EMPTY_SET
  [0x90, (m) => m.addItems(m.popMark())], // ADDITEMS
  [0x91, (m) => m.push(new Set(m.popMark()))], // FROZENSET
  [0x30, (m) => m.stack.pop()], // POP
  [0x32, (m) => m.push(m.top())], // DUP
  [0x28, (m) => m.stack.push(MARK)], // MARK
  [0x31, (m) => m.popMark()], // POP_MARK
  [0x68, (m) => m.push(m.recall(m.u8()))], // BINGET
  [0x6a, (m) => m.push(m.recall(m.u32()))], // LONG_BINGET
  [0x71, (m) => m.memo.set(m.u8(), m.top())], // BINPUT
  [0x72, (m) => m.memo.set(m.u32(), m.top())], // LONG_BINPUT
  [0x94, (m) => m.memo.set(m.memo.size, m.top())], // MEMOIZE
  [0x63, (m) => m.push(m.name([m.line(), m.line()]))], // GLOBAL
  [0x93, (m) => m.push(m.name(m.popSome(2)))], // STACK_GLOBAL
  [0x52, (m) => m.push(m.call(m.popSome(2)))], // REDUCE
  [0x62, (m) => m.build()], // BUILD
  [0x81, (m) => m.push(m.call(m.popSome(2)))], // NEWOBJ
  [0x80, (m) => m.u8() <= MAX_PROTOCOL || fail(`its protocol is above ${MAX_PROTOCOL}`)], // PROTO
  [0x95, (m) => m.skip(8)], // FRAME
  [0x51, (m) => m.push(m.names.persistent(m.pop()))], // BINPERSID
  [0x69, () => refuse('the instruction INST, which calls a class')],
  [0x6f, () => refuse('the instruction OBJ, which calls a class')],
  [0x92, () => refuse('the instruction NEWOBJ_EX, which calls a class')],
  [0x82, () => refuse('the instruction EXT1, which calls what was registered')],
  [0x83, () => refuse('the instruction EXT2, which calls what was registered')],
  [0x84, () => refuse('the instruction EXT4, which calls what was registered')],
]);

function setItems(map: Map<PickleValue, PickleValue>, pairs: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  if (pairs.length % 2 === 1) fail('a dict has a key without a value');
  for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i]!, pairs[i + 1]!);
  return map;
}

function refuse(what: string): never {
  throw new HetConvError(
    'bad-file',
    `the pickle asks for ${what}, which is neither a tensor nor a container; nothing of it was run. ` +
      'Save the weights alone: torch.save(model.state_dict(), "weights.pt"), or export the model to ONNX',
  );
}

function fail(complaint: string): never {
  throw new HetConvError('bad-file', `the pickle is damaged: ${complaint}`);
}
