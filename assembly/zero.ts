// Zeroes byte ranges: the halos of buffers that several values share. A work item is one (address, bytes) pair of the table.
import * as abi from './abi';

export function zero_ranges(p: usize, begin: i32, end: i32): void {
  let range = <usize>load<u32>(p, abi.ZERO_RANGES << 2) + (<usize>begin << 3);
  for (let i = begin; i < end; i++, range += 8) memory.fill(<usize>load<u32>(range), 0, <usize>load<u32>(range, 4));
}
