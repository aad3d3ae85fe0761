// What of a record the terminal, reports and documents say alike.
import type { Variant } from '../runtime/variants.js';
import type { Comparison, NetworkRecord } from './record.js';

/** The binaries that a network was measured on. */
export const variantsOf = ({ ceilings }: Pick<NetworkRecord, 'ceilings'>): Variant[] => Object.keys(ceilings) as Variant[];

/** ≈ marks what is within noise. */
export const formatSpeedUp = ({ speedUp, tie }: Pick<Comparison, 'speedUp' | 'tie'>): string =>
  `${tie ? '≈' : ''}${speedUp.toFixed(2)}×`;

export const formatPart = (part: number): string => (part === 1 ? 'standard' : `P${part}`);

export const formatShare = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
