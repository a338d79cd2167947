// What a link holds comes back; what is wrong in one is as at first.
import { expect, test } from 'vitest';
import { type ExplorerState, readState, START, writeState } from '../../src/explorer/state.ts';

const other: ExplorerState = {
  first: { name: 'grpo@verl', options: { beta: 0.1, normalizeByStd: false, klEstimator: 'k2' } },
  second: { name: 'dapo', options: {} },
  level: 'mass',
  component: 'decision',
  term: 'kl',
  label: 2,
  parameters: 3,
  sort: 'difference',
  outcome: 'wrong',
  finding: 4,
  text: 'a&b=c#d é\u202e',
  rows: 'outcome',
  token: 1234,
};

test('a state comes back from the address', () => {
  expect(readState(`#${writeState(other)}`)).toEqual(other);
  expect(writeState(START)).toBe('explore');
  expect(readState('#explore')).toEqual(START);
});

test('an address that is about something else is none', () => {
  expect(readState('#findings')).toBeUndefined();
  expect(readState('')).toBeUndefined();
});

test('what an address says wrongly is as at first', () => {
  expect(readState('#explore?level=loudness&token=-4&finding=1e9&sort=&label=x')).toEqual(START);
});
