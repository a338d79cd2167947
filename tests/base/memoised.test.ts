// A memoised function computes each value once, undefined included, and knows its arguments apart.
import { expect, test } from 'vitest';
import { memoised, once } from '../../src/base/memoised.ts';

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

test('once: computes when first asked, undefined included', () => {
  let calls = 0;
  const f = once(() => {
    calls++;
    return undefined;
  });
  expect(calls).toBe(0);
  expect([f(), f(), calls]).toEqual([undefined, undefined, 1]);
});
