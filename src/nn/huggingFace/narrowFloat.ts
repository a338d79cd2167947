// 16-bit floats: IEEE half (F16) and bfloat16 (BF16), rounded to nearest, ties to even, from the full float64 value.

/** A binary format of 16 bits. */
export interface NarrowFloat {
  /** The bits of the nearest value; what is too large becomes ±Infinity, NaN one quiet NaN. */
  encode(x: number): number;
  /** The value of 16 bits, exactly. */
  decode(bits: number): number;
}

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** ⌊log₂ a⌋ of a normal float64 a > 0, from its bits. */
function exponentOf(a: number): number {
  number[0] = a;
  return (words[1]! >>> 20) - 1023;
}

/** 2ᵉ for −1022 ≤ e ≤ 1023. */
function powerOfTwo(e: number): number {
  words[0] = 0;
  words[1] = (e + 1023) << 20;
  return number[0]!;
}

/** Adding and subtracting it leaves the nearest integer, ties to even: above 2⁵² a float64 has no fraction. */
const ROUNDER = 2 ** 52;

/** A format of a sign, an exponent and a fraction, (−1)ˢ·2^(e − bias)·1.f. */
function narrowFloat(exponentBits: number, fractionBits: number): NarrowFloat {
  const bias = 2 ** (exponentBits - 1) - 1;
  const one = 2 ** fractionBits;
  const infinity = (2 ** exponentBits - 1) << fractionBits;
  const smallestNormal = powerOfTwo(1 - bias);
  const smallest = powerOfTwo(1 - bias - fractionBits);
  // Half way between the largest value and what would follow it: a tie that rounds away.
  const tooLarge = (2 - 2 ** -(fractionBits + 1)) * powerOfTwo(bias);
  return {
    encode: (x) => {
      if (Number.isNaN(x)) return infinity | (one >> 1);
      const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
      const a = Math.abs(x);
      if (a >= tooLarge) return sign | infinity;
      // Below the smallest normal number the spacing stays what it is there. The float64 subnormals round to 0.
      const e = a < smallestNormal ? 1 - bias : exponentOf(a);
      const steps = a * powerOfTwo(fractionBits - e) + ROUNDER - ROUNDER;
      // A normal number has its leading 1 in `steps`; a fraction rounded up to the next power of two carries over.
      return sign | (((e + bias - 1) << fractionBits) + steps);
    },
    decode: (bits) => {
      const sign = (bits & 0x8000) === 0 ? 1 : -1;
      const exponent = (bits & 0x7fff) >>> fractionBits;
      const fraction = bits & (one - 1);
      if (exponent === 0) return sign * fraction * smallest;
      if (exponent < 2 * bias + 1)
        return sign * (one + fraction) * powerOfTwo(exponent - bias - fractionBits);
      return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    },
  };
}

/** IEEE 754 binary16. */
export const HALF: NarrowFloat = narrowFloat(5, 10);
/** The upper half of an f32. */
export const BRAIN: NarrowFloat = narrowFloat(8, 7);
