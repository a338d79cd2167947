// The safetensors format: what is written is read again, by ours and by an independent reader; what is damaged is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import {
  readSafetensors,
  type StoredFloat,
  type TensorToWrite,
  writeSafetensors,
} from '../../../src/nn/index.ts';
import { fileOf, float32Bytes, readFileIndependently } from './files.ts';

type Content = Record<string, { shape: number[]; values: number[] }>;

function write(content: Content, type: StoredFloat, metadata?: Record<string, string>): Uint8Array {
  const tensors = Object.entries(content).map(([name, { shape, values }]): [string, TensorToWrite] => [
    name,
    { shape, values: () => values },
  ]);
  return new Uint8Array(Buffer.concat([...writeSafetensors(new Map(tensors), type, metadata)]));
}

const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
const tensors = shapes.chain((shape) => {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const values = fc.array(fc.double(), { minLength: size, maxLength: size });
  return values.map((list) => ({ shape, values: list }));
});
const contents: fc.Arbitrary<Content> = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), tensors), { selector: ([name]) => name, maxLength: 5 })
  .map((entries) => Object.fromEntries(entries.filter(([name]) => name !== '__metadata__')));

/** A number after it was stored: exact where the type has it. */
const rounded: Record<StoredFloat, (x: number) => number> = {
  F64: (x) => x,
  F32: Math.fround,
  F16: (x) => nearest(x, 11, -24, 65_504),
  BF16: (x) => nearest(x, 8, -133, (2 - 2 ** -7) * 2 ** 127),
};

/** To `digits` binary digits, none below 2^lowest, ties to even, by exact arithmetic on scaled numbers. */
function nearest(x: number, digits: number, lowest: number, largest: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  let exponent = Math.floor(Math.log2(Math.abs(x)));
  if (2 ** exponent > Math.abs(x)) exponent--;
  const unit = 2 ** Math.max(lowest, Math.min(exponent, 1023) - digits + 1);
  const steps = Math.abs(x) / unit;
  const floor = Math.floor(steps);
  const up = steps - floor > 0.5 || (steps - floor === 0.5 && floor % 2 === 1);
  const size = (floor + (up ? 1 : 0)) * unit;
  return Math.sign(x) * (size > largest ? Number.POSITIVE_INFINITY : size);
}

describe.each(['F64', 'F32', 'F16', 'BF16'] as const)('%s', (type) => {
  test('what is written is read again, rounded to the type', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const file = readSafetensors(write(content, type), 'x.safetensors');
        expect([...file.tensors.keys()].sort()).toEqual(Object.keys(content).sort());
        for (const [name, { shape, values }] of Object.entries(content)) {
          expect(file.tensors.get(name)).toMatchObject({ dtype: type, shape });
          expect([...file.values(name)]).toEqual(values.map(rounded[type]));
        }
      }),
    );
  });

  test('an independent reader sees the same', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const { tensors: found, metadata } = readFileIndependently(write(content, type));
        expect(metadata).toEqual({ format: 'pt' });
        for (const [name, { shape, values }] of Object.entries(content)) {
          expect(found.get(name)).toMatchObject({ dtype: type, shape });
          expect([...found.get(name)!.values]).toEqual(values.map(rounded[type]));
        }
      }),
    );
  });
});

test('the layout of a small file, byte by byte', () => {
  const bytes = Buffer.from(
    write({ b: { shape: [2], values: [1, 2] }, a: { shape: [], values: [-1] } }, 'F32'),
  );
  const header =
    '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
    '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
  expect(Number(bytes.readBigUInt64LE(0))).toBe(padded.length);
  expect(bytes.subarray(8, 8 + padded.length).toString()).toBe(padded);
  expect(bytes.subarray(8 + padded.length)).toEqual(Buffer.from(float32Bytes([-1, 1, 2])));
});

test('metadata comes back, and a reader may be handed a view into other bytes', () => {
  const file = write({ a: { shape: [3], values: [1, 2, 3] } }, 'F64', { step: '7', note: 'ü→' });
  const inside = new Uint8Array(file.length + 3);
  inside.set(file, 3);
  for (const view of [inside.subarray(3), Buffer.from(inside.buffer, 3)]) {
    const read = readSafetensors(view, 'x');
    expect(Object.fromEntries(read.metadata)).toEqual({ step: '7', note: 'ü→' });
    expect([...read.values('a')]).toEqual([1, 2, 3]);
    // A copy: later changes of the bytes do not reach it.
    const values = read.values('a');
    const last = inside[inside.length - 1]!;
    inside[inside.length - 1] = 0;
    expect([...values]).toEqual([1, 2, 3]);
    inside[inside.length - 1] = last;
  }
});

describe('damaged files', () => {
  const four = float32Bytes([1]);
  const entry = (change: object): object => ({ dtype: 'F32', shape: [1], data_offsets: [0, 4], ...change });
  const huge = fileOf('{}');
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
  const far = fileOf('{}');
  new DataView(far.buffer).setBigUint64(0, 3n, true);

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'm: not a safetensors file: expected at least 8 bytes, found 0'],
    ['a huge header', huge, 'm: not a safetensors file: expected a header of at most 100000000 bytes'],
    ['a header cut short', far, 'the header should end at byte 11, the file ends at 10'],
    ['no JSON object', fileOf('[]'), 'its header should begin with "{"'],
    ['broken JSON', fileOf('{"a": }'), 'm: header: not valid JSON at line 1, column 7'],
    ['no UTF-8', fileOf('{}').map((x) => (x === 0x7d ? 0xff : x)), 'its header is not UTF-8'],
    ['a tensor twice', fileOf('{"a": {}, "a": {}}'), 'm: header: a is given twice'],
    ['metadata of numbers', fileOf({ __metadata__: { a: 1 } }), 'm: __metadata__.a must be text, found 1'],
    ['metadata as text', fileOf({ __metadata__: 'x' }), 'm: __metadata__ must be an object'],
    ['a tensor as number', fileOf({ a: 1 }), 'm: tensor "a" must be an object, found 1'],
    ['an unknown type', fileOf({ a: entry({ dtype: 'F99' }) }), 'm: tensor "a": dtype must be one of BOOL'],
    ['no type', fileOf({ a: {} }), 'm: tensor "a": dtype must be one of'],
    ['a negative axis', fileOf({ a: entry({ shape: [-1] }) }), 'm: tensor "a": shape must be a list'],
    ['a shape as text', fileOf({ a: entry({ shape: '1' }) }), 'm: tensor "a": shape must be a list'],
    ['one offset', fileOf({ a: entry({ data_offsets: [0] }) }), 'm: tensor "a": data_offsets must be two'],
    ['fractions', fileOf({ a: entry({ data_offsets: [0, 4.5] }) }), 'data_offsets must be two integers'],
    ['backwards', fileOf({ a: entry({ data_offsets: [4, 0] }) }), 'm: tensor "a": F32 [1] has 4 bytes'],
    ['another size', fileOf({ a: entry({ shape: [2] }) }, four), 'm: tensor "a": F32 [2] has 8 bytes'],
    ['an overflowing shape', fileOf({ a: entry({ shape: [2 ** 52, 2 ** 52, 0] }) }, four), 'has 0 bytes'],
    [
      'cut short',
      fileOf({ a: entry({}) }, four.subarray(1)),
      'm: tensor "a" should end at byte 4 of the data',
    ],
    [
      'too long',
      fileOf({ a: entry({}) }, float32Bytes([1, 2])),
      'm: the tensors end at byte 4 of the data, which has 8',
    ],
    [
      'overlapping',
      fileOf(
        { a: entry({ shape: [2], data_offsets: [0, 8] }), b: entry({ data_offsets: [4, 8] }) },
        float32Bytes([1, 2]),
      ),
      'm: tensor "b" overlaps another: it begins at byte 4 of the data, expected 8',
    ],
    [
      'a gap',
      fileOf({ a: entry({}), b: entry({ data_offsets: [8, 12] }) }, float32Bytes([1, 2, 3])),
      'm: tensor "b" leaves a gap: it begins at byte 8 of the data, expected 4',
    ],
  ])('%s', (_, bytes, message) => {
    let thrown: unknown;
    try {
      readSafetensors(bytes, 'm');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InputError);
    expect((thrown as Error).message).toContain(message);
  });

  test('a whole one is not refused', () => {
    expect([...readSafetensors(fileOf({ a: entry({}) }, four), 'm').values('a')]).toEqual([1]);
  });

  test('values that are no floats, or not there', () => {
    const file = readSafetensors(fileOf({ a: entry({ dtype: 'I32' }) }, four), 'm');
    expect(() => file.values('a')).toThrow('m: tensor "a" must be of type F64, F32, F16 or BF16, found I32');
    expect(() => file.values('b')).toThrow('m: there is no tensor "b"');
  });
});

describe('whatever stands in a file, it is read or refused in words', () => {
  function survives(bytes: Uint8Array): void {
    try {
      const file = readSafetensors(bytes, 'm');
      for (const name of file.tensors.keys()) file.values(name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toMatch(/^m: \S/);
      expect(error.message).not.toContain('\n');
    }
  }

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), survives));
  });

  test('any JSON as a header', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ maxLength: 16 }), (json, data) => survives(fileOf(json, data))),
    );
  });

  test('headers that are nearly right', () => {
    const odd = fc.oneof(fc.constantFrom('F32', 'U8', 'F16', null, -1, 0.5, 1e300, [], {}), fc.jsonValue());
    const count = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 1, arbitrary: odd },
    );
    const entries = fc.record({
      dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'I64', 'BOOL'), odd),
      shape: fc.oneof(fc.array(count, { maxLength: 3 }), odd),
      data_offsets: fc.oneof(fc.tuple(count, count), odd),
    });
    const headers = fc.dictionary(
      fc.constantFrom('a', 'b', '__proto__', '__metadata__'),
      fc.oneof(entries, odd),
    );
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 16 }), (header, data) =>
        survives(fileOf(header, data)),
      ),
      { numRuns: 500 },
    );
  });

  test('a good file with one byte changed, or cut anywhere', () => {
    const good = write({ a: { shape: [2], values: [1, 2] }, b: { shape: [1, 3], values: [3, 4, 5] } }, 'F32');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const changed = good.slice();
        changed[at] = value;
        survives(changed);
      }),
      { numRuns: 500 },
    );
    for (let length = 0; length < good.length; length++) {
      expect(() => readSafetensors(good.subarray(0, length), 'm'), `${length} bytes`).toThrow(InputError);
    }
  });

  test('nesting far deeper than a stack', () => {
    survives(fileOf(`{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`));
  });
});
