// Whoever is timed must have computed the same: nothing is said of the speed of wrong results.

/** Of the greatest value; what f32 and Winograd's filtering leave in 50 layers is far less. */
const TOLERATED = 1e-3;

/** The greatest difference from the reference, as a share of the reference's greatest value. */
export function differenceOf(output: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (output.length !== reference.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let greatest = 0;
  for (let i = 0; i < output.length; i++) {
    const one = Math.abs(output[i]! - reference[i]!);
    if (!(one <= difference)) difference = one;
    greatest = Math.max(greatest, Math.abs(reference[i]!));
  }
  return difference / greatest;
}

/** Gives the difference. Throws where outputs do not agree; a NaN agrees with nothing. */
export function requireAgreement(output: ArrayLike<number>, reference: ArrayLike<number>): number {
  const difference = differenceOf(output, reference);
  if (difference <= TOLERATED) return difference;
  throw new Error(`it computes something else: ${(100 * difference).toPrecision(2)} % of the greatest value off`);
}
