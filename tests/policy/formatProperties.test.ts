// Thousands of spoiled policy files: the reader ends in one sentence, or gives exactly what the file says.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { parsePolicy, policyChunks } from '../../src/policy/format.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { leaves, type PolicyShape } from '../../src/policy/shape.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { cases } from '../full.ts';

const write = (policy: TabularPolicy): string => [...policyChunks(policy)].join('');

const shapes: fc.Arbitrary<PolicyShape> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 2, max: 3 }))
  .map(([attempts, length, vocabulary]) => ({ attempts, length, vocabulary }));

/** Policies whose numbers are any finite float64 at all. */
const policies: fc.Arbitrary<TabularPolicy> = fc
  .tuple(
    shapes,
    fc.nat(),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
    fc.boolean(),
  )
  .map(([shape, seed, numbers, table]) => {
    const policy = randomPolicy(shape, seed);
    policy.logits.sample.set(numbers.slice(0, policy.logits.sample.length));
    policy.reference.decision.set(numbers.slice(0, policy.reference.decision.length));
    if (!table) return policy;
    const values = Float64Array.from({ length: leaves(shape) }, (_, i) => numbers[i % numbers.length]!);
    return { ...policy, reward: { kind: 'table', values } };
  });

test('what is written is read back to the bit', () => {
  fc.assert(
    fc.property(policies, (policy) => {
      // toStrictEqual tells −0 from 0.
      expect(parsePolicy(write(policy), 'mine.json')).toStrictEqual(policy);
    }),
    { numRuns: cases(300) },
  );
});

/** A value that a field may be replaced by. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -0,
    0,
    1,
    2,
    3,
    -1,
    0.5,
    1e300,
    2 ** 53,
    '',
    '0',
    'NaN',
    [],
    {},
    [0],
    [0, 0],
    [0, 0, 0],
  ),
  fc.constantFrom({ '': [0, 0] }, { __proto__: 1 }, { target: [0], attemptCost: 0 }, { table: {} }),
  fc.jsonValue(),
);
const oddKeys = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '0,',
    '0/',
    '0,1/',
    '00',
    ' 0',
    '0,0,0',
    '__proto__',
    'constructor',
    'table',
    'target',
  ),
  fc.string(),
);

/** Where a document is spoiled, by indices taken modulo what is there. */
interface Spoil {
  readonly path: readonly number[];
  readonly how: 'replace' | 'delete' | 'add' | 'rename' | 'copy';
  readonly value: unknown;
  readonly key: string;
}

const spoils: fc.Arbitrary<Spoil> = fc.record({
  path: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
  how: fc.constantFrom('replace', 'delete', 'add', 'rename', 'copy'),
  value: odd,
  key: oddKeys,
});

/** Puts a member into an object as JSON.parse would, `__proto__` included; what has no place in an array goes to its end. */
function put(container: object, key: string, value: unknown): void {
  if (Array.isArray(container) && !Object.keys(container).includes(key)) {
    container.push(value);
    return;
  }
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}

function spoil(document: object, { path, how, value, key }: Spoil): void {
  const replacement = structuredClone(value);
  let container = document;
  let last = '';
  for (const [depth, step] of path.entries()) {
    const keys = Object.keys(container);
    if (keys.length === 0) break;
    last = keys[step % keys.length]!;
    const inner: unknown = Reflect.get(container, last);
    if (typeof inner !== 'object' || inner === null || depth === path.length - 1) break;
    container = inner;
  }
  const old: unknown = Reflect.get(container, last);
  if (how === 'replace') put(container, last, replacement);
  else if (how === 'add') put(container, key, replacement);
  else if (how === 'copy') put(container, key, old);
  else {
    if (Array.isArray(container)) container.pop();
    else Reflect.deleteProperty(container, last);
    if (how === 'rename') put(container, key, old);
  }
}

/** Either one sentence, or a policy that says what the text says. Returns whether it was accepted. */
function check(text: string): boolean {
  let policy: TabularPolicy;
  try {
    policy = parsePolicy(text, 'mine.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/^mine\.json: [^\n\p{Cc}]+$/u);
    expect((error as Error).message.length).toBeLessThan(500);
    return false;
  }
  const plain = (json: string): unknown =>
    JSON.parse(json.replace(/^\ufeff/, ''), (_, v) => (v === 0 ? 0 : v));
  expect(plain(write(policy))).toEqual(plain(text));
  return true;
}

test('documents with fields replaced, deleted, added, renamed, copied', () => {
  const document = shapes.map((shape) => write(randomPolicy(shape, 1)));
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(document, fc.array(spoils, { minLength: 1, maxLength: 3 }), (text, changes) => {
      const spoiled: object = JSON.parse(text);
      for (const change of changes) spoil(spoiled, change);
      if (check(JSON.stringify(spoiled))) accepted++;
      else refused++;
    }),
    { numRuns: cases(2500) },
  );
  expect(refused).toBeGreaterThan(cases(1000));
  expect(accepted).toBeGreaterThan(0);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('text with characters cut out, put in, or replaced', () => {
  const document = shapes.map((shape) => write(randomPolicy(shape, 2)));
  const pieces = fc.oneof(
    fc.constantFrom(
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\',
      '1e999',
      'NaN',
      'null',
      '-',
      '0',
      '.',
      '\u0000',
      '\ufeff',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  let refused = 0;
  fc.assert(
    fc.property(document, fc.nat(), fc.nat({ max: 40 }), pieces, (text, at, cut, piece) => {
      const start = at % text.length;
      if (!check(text.slice(0, start) + piece + text.slice(start + cut))) refused++;
    }),
    { numRuns: cases(2500) },
  );
  expect(refused).toBeGreaterThan(cases(1000));
});
