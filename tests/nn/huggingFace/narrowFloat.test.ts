// 16-bit floats: every pattern of bits, every neighbour, ties, the edges.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRAIN, HALF } from '../../../src/nn/huggingFace/narrowFloat.ts';

/** (−1)ˢ·2^(e − bias)·1.f by the definition of IEEE 754, in numbers that are exact. */
function definition(bits: number, exponentBits: number): number {
  const fractionBits = 15 - exponentBits;
  const text = bits.toString(2).padStart(16, '0');
  const sign = text[0] === '1' ? -1 : 1;
  const e = Number.parseInt(text.slice(1, 1 + exponentBits), 2);
  const f = Number.parseInt(text.slice(1 + exponentBits), 2) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (e === 2 * bias + 1) return f === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return e === 0 ? sign * f * 2 ** (1 - bias) : sign * (1 + f) * 2 ** (e - bias);
}

describe.each([
  ['F16', HALF, 5],
  ['BF16', BRAIN, 8],
] as const)('%s', (_, format, exponentBits) => {
  const infinity = format.encode(Number.POSITIVE_INFINITY);

  test('all 65 536 patterns mean what IEEE 754 says, and come back', () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 65_536; bits++) {
      const value = format.decode(bits);
      const back = format.encode(value);
      const kept = Number.isNaN(value) ? Number.isNaN(format.decode(back)) : back === bits;
      if (!Object.is(value, definition(bits, exponentBits)) || !kept) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });

  test('between neighbours the nearer one, and the even one half way', () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < infinity - 1; bits++) {
      const low = format.decode(bits);
      const high = format.decode(bits + 1);
      const middle = (low + high) / 2;
      const hair = (high - low) * 2 ** -30;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const found = [middle - hair, middle, middle + hair, -middle].map((x) => format.encode(x));
      if (found.join() !== [bits, even, bits + 1, even | 0x8000].join()) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });

  test('beyond the largest value', () => {
    const largest = format.decode(infinity - 1);
    const step = largest - format.decode(infinity - 2);
    expect(format.encode(largest + step / 2)).toBe(infinity);
    expect(format.encode(largest + (step / 2) * (1 - 2 ** -40))).toBe(infinity - 1);
    expect(format.encode(-1e300)).toBe(infinity | 0x8000);
    expect(format.encode(Number.MIN_VALUE)).toBe(0);
    expect(format.encode(-Number.MIN_VALUE)).toBe(0x8000);
  });

  test('any number goes to one that no other is nearer to', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -65_504, max: 65_504 }), (x) => {
        const bits = format.encode(x);
        const error = Math.abs(format.decode(bits) - x);
        for (const other of [bits - 1, bits + 1]) {
          const value = format.decode(other & 0xffff);
          if (Number.isFinite(value)) expect(Math.abs(value - x)).toBeGreaterThanOrEqual(error);
        }
      }),
      // The largest value of F16; what lies beyond is another test's.
      { numRuns: 2000 },
    );
  });
});

test('a float64 is rounded once, not by way of a float32', () => {
  // Just above a tie of F16; as a float32 it is the tie, which would go down to the even 1.
  const x = 1 + 2 ** -11 + 2 ** -40;
  expect(Math.fround(x)).toBe(1 + 2 ** -11);
  expect(HALF.decode(HALF.encode(x))).toBe(1 + 2 ** -10);
});
