// 10⁵ damaged lines over all formats of rollouts: what tests/rollouts/mutations.test.ts does with fewer, from other seeds.
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import { readDamaged, TEXTS } from '../rollouts/damage.ts';

const EACH = Math.ceil(1e5 / TEXTS.length);

test.each(TEXTS)('%s', (name, text) => {
  const { refused, read, wrong } = readDamaged(name, text, EACH, randomStream(77, `full ${name}`));
  expect(wrong).toEqual([]);
  expect(refused + read).toBe(EACH);
  expect(refused).toBeGreaterThan(EACH / 4);
  expect(read).toBeGreaterThan(EACH / 50);
});
