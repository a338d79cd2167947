// A memoised function computes each value once, undefined included, and knows its arguments apart.
import { expect, test } from 'vitest';
import { memoised } from '../../src/base/memoised.ts';

test('computes once per argument', () => {
  const seen: object[] = [];
  const f = memoised((key: { readonly x?: number }) => {
    seen.push(key);
    return key.x;
  });
  const [a, b, none] = [{ x: 1 }, { x: 1 }, {}];
  expect([f(a), f(b), f(none), f(none), f(a)]).toEqual([1, 1, undefined, undefined, 1]);
  expect(seen).toEqual([a, b, none]);
});
