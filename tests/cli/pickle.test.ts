// A pickle is refused with exit code 2, and the lines that convert it come as they are, to be copied.
import { expect, test } from 'vitest';
import { CONVERTERS } from '../../src/rollouts/pickle.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();

test('a pickle: one sentence, then the lines of Python', () => {
  const path = place.file('rollout_3.pt', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0));
  const { code, stdout, stderr } = gradsplit(['rollouts', 'convert', path]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.split('\n')[0]).toMatch(
    /rollout_3\.pt: it is a pickle, and reading a pickle runs the program in it/,
  );
  expect(stderr).toContain(`\n\n${CONVERTERS.slime}\n`);
});
