// Element-wise WebAssembly kernels against the plain loops.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatType } from '../../src/kernels/index.ts';
import type { BinaryKernel, UnaryKernel } from '../../src/kernels/operands.ts';
import { anyDouble, expectSameBits, floatTypes, noise, onBoth, sizes, special, wasm } from './backends.ts';

const exactUnary: readonly UnaryKernel[] = ['neg', 'abs', 'sign', 'sqrt', 'reciprocal'];
const binaries: readonly BinaryKernel[] = [
  'add',
  'sub',
  'mul',
  'div',
  'minimum',
  'maximum',
  'greater',
  'greaterEqual',
  'equal',
];

// These operations are exact or correctly rounded on both sides. (The reference rounds float64 results to float32, which
// is the correctly rounded float32 result, as 53 ≥ 2·24 + 2.) So bits must agree.
function checkUnary(kernel: UnaryKernel, dtype: FloatType, values: ArrayLike<number>): void {
  const [found, expected] = onBoth((kernels, put) => {
    const x = put(dtype, values);
    const out = put(dtype, new Float64Array(values.length));
    kernels.unary(kernel, x, out);
    return out;
  });
  expectSameBits(found, expected);
}

function checkBinary(
  kernel: BinaryKernel,
  dtype: FloatType,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
): void {
  const [found, expected] = onBoth((kernels, put) => {
    const x = put(dtype, left);
    const y = put(dtype, right);
    const out = put(dtype, new Float64Array(left.length));
    kernels.binary(kernel, x, y, out);
    return out;
  });
  expectSameBits(found, expected);
}

describe.each(floatTypes)('element-wise kernels, %s', (dtype) => {
  it.each(exactUnary)('%s agrees to the bit', (kernel) => {
    for (const size of sizes) checkUnary(kernel, dtype, noise(size, size + 1));
    checkUnary(kernel, dtype, special);
    fc.assert(fc.property(fc.array(anyDouble, { maxLength: 70 }), (x) => checkUnary(kernel, dtype, x)));
  });

  it.each(binaries)('%s agrees to the bit', (kernel) => {
    for (const size of sizes) checkBinary(kernel, dtype, noise(size, 1), noise(size, 2));
    const pairs = special.flatMap((x) => special.map((y): [number, number] => [x, y]));
    checkBinary(
      kernel,
      dtype,
      pairs.map(([x]) => x),
      pairs.map(([, y]) => y),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(anyDouble, anyDouble), { maxLength: 70 }), (list) =>
        checkBinary(
          kernel,
          dtype,
          list.map(([x]) => x),
          list.map(([, y]) => y),
        ),
      ),
    );
  });

  it('where chooses without touching the other branch', () => {
    const triple = fc.tuple(fc.constantFrom(0, -0, 1, -2, Number.NaN, 1e-320, 1e-40), anyDouble, anyDouble);
    fc.assert(
      fc.property(fc.array(triple, { maxLength: 70 }), (list) => {
        const [found, expected] = onBoth((kernels, put) => {
          const mask = put(
            dtype,
            list.map(([m]) => m),
          );
          const x = put(
            dtype,
            list.map(([, v]) => v),
          );
          const y = put(
            dtype,
            list.map(([, , v]) => v),
          );
          const out = put(dtype, new Float64Array(list.length));
          kernels.where(mask, x, y, out);
          return out;
        });
        expectSameBits(found, expected);
      }),
    );
  });

  it('works in place', () => {
    const [found, expected] = onBoth((kernels, put) => {
      const x = put(dtype, noise(33));
      kernels.binary('mul', x, x, x);
      kernels.unary('neg', x, x);
      kernels.where(x, x, x, x);
      return x;
    });
    expectSameBits(found, expected);
  });

  it('says which kernel got which lengths', () => {
    const x = wasm.allocate(dtype, 3);
    const out = wasm.allocate(dtype, 4);
    expect(() => wasm.unary('exp', x, out)).toThrow(
      `exp: operand 1 should have 4 elements, found ${dtype}[3]`,
    );
    expect(() => wasm.binary('add', out, x, out)).toThrow('add: operand 2 should have 4 elements');
    wasm.release(x);
    wasm.release(out);
  });
});

describe('fill', () => {
  it.each(['f32', 'f64', 'i32'] as const)('writes every element and nothing else, %s', (dtype) => {
    for (const size of sizes) {
      const [found, expected] = onBoth((kernels, put) => {
        const out = put(dtype, new Float64Array(size));
        const neighbour = put(dtype, [7]);
        kernels.fill(out, -3);
        expect(Array.from(kernels.readSync(neighbour))).toEqual([7]);
        return out;
      });
      expectSameBits(found, expected);
    }
  });
});

describe('element types', () => {
  it('must agree', () => {
    const x = wasm.allocate('f32', 3);
    const y = wasm.allocate('f64', 3);
    const z = wasm.allocate('i32', 3);
    expect(() => wasm.binary('add', x, y, x)).toThrow('add: element types differ: f64[3] and f32[3]');
    expect(() => wasm.unary('neg', z, z)).toThrow('neg: expected f32 or f64, found i32[3]');
    for (const buffer of [x, y, z]) wasm.release(buffer);
  });
});
