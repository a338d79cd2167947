// What the seeds of a lab come to: outcomes of checks and controls, NaN, one seed, the audit, and columns over seeds.
import { expect, test } from 'vitest';
import { confidence95 } from '../../src/base/student.ts';
import type { Lab, LabSeed } from '../../src/labs/index.ts';
import { outcomeOverSeeds, seriesOverSeeds } from '../../src/labs/index.ts';
import { standing } from '../../src/labs/verdict.ts';
import { tinyLab } from './tinyLab.ts';

const options = { steps: 20, target: 1, levels: [0.1, 0.2] };

function seed(measured: Readonly<Record<string, number>>, audit: readonly string[] = ['std-noise']): LabSeed {
  return { measured: { gain: 1, idle: 0, levels: 2, ...measured }, series: {}, split: {}, audit };
}

const outcome = (seeds: readonly LabSeed[], lab: Lab = tinyLab) => outcomeOverSeeds(lab, options, seeds);

test('an interval stands within, outside or neither; its bounds belong to it, and NaN is outside', () => {
  const expected = { atLeast: 0, atMost: 1 };
  expect(standing([0, 1], expected)).toBe('within');
  expect(standing([-0.1, 0.5], expected)).toBe('undecided');
  expect(standing([0.5, 1.1], expected)).toBe('undecided');
  expect(standing([1.0001, 2], expected)).toBe('outside');
  expect(standing([-2, -0.0001], expected)).toBe('outside');
  expect(standing([-9, 9], {})).toBe('within');
  expect(standing([Number.NaN, 1], expected)).toBe('outside');
  expect(standing([0, Number.NaN], {})).toBe('outside');
});

test('shown: checks within, controls outside, the audit as the lab says', () => {
  const { checks, controls, verdict } = outcome([seed({ gain: 1.1 }), seed({ gain: 0.9 }), seed({})]);
  expect(verdict).toBe('shown');
  expect(checks.map((one) => one.standing)).toEqual(['within', 'within']);
  expect(checks[0]!.interval).toEqual(confidence95([1.1, 0.9, 1]));
  expect(checks[0]!.measured).toBeCloseTo(1, 14);
  expect(controls.map((one) => one.standing)).toEqual(['outside']);
});

test.each([
  ['a check lies outside', [seed({ gain: 2 }), seed({ gain: 2.01 })], 'notShown'],
  ['a check is not decided', [seed({ gain: 0 }), seed({ gain: 2 })], 'undecided'],
  ['one seed of all breaks an identity', [seed({}), seed({}), seed({ levels: 3 })], 'undecided'],
  ['every seed breaks it', [seed({ levels: 3 }), seed({ levels: 3 })], 'notShown'],
  ['a control is accepted', [seed({ idle: 0.9 }), seed({ idle: 0.91 })], 'notShown'],
  ['a control is not decided', [seed({ idle: 0 }), seed({ idle: 0.9 })], 'undecided'],
  ['a number is NaN', [seed({ gain: Number.NaN }), seed({})], 'notShown'],
  ['the audit finds more', [seed({}, ['std-noise', 'x']), seed({})], 'notShown'],
  ['the audit does not find what it must at one seed', [seed({}), seed({}, [])], 'notShown'],
] as const)('%s: %s', (_, seeds, expected) => {
  expect(outcome([...seeds]).verdict).toBe(expected);
});

test('a number that is not measured is NaN, so that its check fails', () => {
  const bare: LabSeed = { measured: { idle: 0, levels: 2 }, series: {}, split: {}, audit: ['std-noise'] };
  expect(outcome([bare, bare]).checks[0]!.standing).toBe('outside');
});

test('one seed decides identities, and nothing about means', () => {
  const { checks, controls, verdict } = outcome([seed({})]);
  expect(checks.map((one) => one.standing)).toEqual(['undecided', 'within']);
  expect(controls[0]!.standing).toBe('undecided');
  expect(verdict).toBe('undecided');
  expect(outcome([seed({ levels: 1 })]).verdict).toBe('notShown');
  expect(outcome([seed({ gain: Number.NaN })]).verdict).toBe('notShown');
});

test('columns over seeds: mean and interval at each place, cut to the shortest', () => {
  const at = (column: readonly number[]): LabSeed => ({ ...seed({}), series: { column } });
  const { column } = seriesOverSeeds([at([1, 2, 3]), at([3, 4])]);
  expect(column!.mean).toEqual([2, 3]);
  expect([column!.low[0], column!.high[0]]).toEqual(confidence95([1, 3]));
  expect(seriesOverSeeds([at([5])]).column).toEqual({ mean: [5], low: [5], high: [5] });
  expect(seriesOverSeeds([])).toEqual({});
});
