// What checks and controls come to over seeds; and what must never pass for a rejection.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confidence95 } from '../../src/base/student.ts';
import { defineLab, type Expected, type Lab, type LabCheck, type LabSeed } from '../../src/labs/lab.ts';
import { outcomeOverSeeds, seriesOverSeeds, standing } from '../../src/labs/verdict.ts';

function check(of: string, expected: Expected, over: 'mean' | 'every' = 'mean'): LabCheck {
  return { name: of, sentence: of, of, expects: () => expected, over };
}

function labOf(
  checks: readonly LabCheck[],
  controls: readonly LabCheck[] = [],
  findings: readonly string[] = [],
): Lab {
  return defineLab({
    name: 'example',
    title: '',
    source: '',
    question: '',
    look: '',
    minutes: 1,
    method: [],
    paper: [],
    ours: [],
    differs: [],
    restsOn: '',
    options: {},
    full: {},
    small: {},
    // No seed is run here: seeds are made by hand.
    measure: () => {
      throw new Error('not run');
    },
    checks,
    controls: controls.map((control) => ({ ...control, wrong: 'all' })),
    findings,
    picture: { title: '', caption: '', panels: [] },
    next: [],
  });
}

function seed(measured: Record<string, number>, audit: readonly string[] = []): LabSeed {
  return { measured, series: {}, split: {}, audit };
}

const verdict = (lab: Lab, seeds: readonly LabSeed[]): string => outcomeOverSeeds(lab, {}, seeds).verdict;

describe('where an interval lies', () => {
  test.each([
    [[1, 2], { atLeast: 1, atMost: 2 }, 'within'],
    [[1, 2], { atLeast: 1.5 }, 'undecided'],
    [[1, 2], { atLeast: 2.1 }, 'outside'],
    [[1, 2], { atMost: 0.9 }, 'outside'],
    [[1, 2], {}, 'within'],
    [[Number.NaN, Number.NaN], {}, 'outside'],
    [[Number.NEGATIVE_INFINITY, 2], { atMost: 2 }, 'within'],
  ] as const)('%j under %j is %s', ([low, high], expected, where) => {
    expect(standing([low, high], expected)).toBe(where);
  });

  test('is certain only if both ends say the same', () => {
    const finite = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(finite, finite, finite, finite, (a, b, c, d) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const [atLeast, atMost] = [Math.min(c, d), Math.max(c, d)];
        const holds = (x: number): boolean => x >= atLeast && x <= atMost;
        const where = standing([low, high], { atLeast, atMost });
        if (where === 'within') expect(holds(low) && holds(high) && holds((low + high) / 2)).toBe(true);
        if (where === 'outside') expect(holds(low) || holds(high) || holds((low + high) / 2)).toBe(false);
        if (where === 'undecided') expect(low < atLeast || high > atMost).toBe(true);
      }),
    );
  });
});

describe('the verdict', () => {
  const up = check('x', { atLeast: 0 });
  const good = [1, 1.1, 0.9].map((x) => seed({ x, wrong: -x }));

  test('is shown if checks are within and controls outside', () => {
    expect(verdict(labOf([up], [check('wrong', { atLeast: 0 })]), good)).toBe('shown');
  });

  test('is not shown if a check is outside or a control within', () => {
    expect(verdict(labOf([check('wrong', { atLeast: 0 })]), good)).toBe('notShown');
    expect(verdict(labOf([up], [up]), good)).toBe('notShown');
  });

  test('is undecided if an interval crosses a bound', () => {
    const wide = [-1, 1, 3].map((x) => seed({ x }));
    expect(verdict(labOf([up]), wide)).toBe('undecided');
    const outcome = outcomeOverSeeds(labOf([up]), {}, wide).checks[0]!;
    expect(outcome.interval).toEqual(confidence95([-1, 1, 3]));
    expect(outcome.measured).toBe(1);
  });

  test('of every seed: one that fails leaves it undecided, all make it fail', () => {
    const every = labOf([check('x', { atLeast: 0 }, 'every')]);
    expect(verdict(every, [seed({ x: 1 }), seed({ x: 2 })])).toBe('shown');
    expect(verdict(every, [seed({ x: 1 })])).toBe('shown');
    expect(verdict(every, [seed({ x: 1 }), seed({ x: -2 })])).toBe('undecided');
    expect(verdict(every, [seed({ x: -1 }), seed({ x: -2 })])).toBe('notShown');
    expect(outcomeOverSeeds(every, {}, [seed({ x: 1 }), seed({ x: 4 })]).checks[0]!.interval).toEqual([1, 4]);
  });

  test('of a mean one seed decides nothing', () => {
    expect(verdict(labOf([up]), good.slice(0, 1))).toBe('undecided');
  });

  test.each(['mean', 'every'] as const)('without seeds nothing is shown of %s', (over) => {
    expect(verdict(labOf([check('x', { atLeast: 0 }, over)]), [])).not.toBe('shown');
  });

  test.each(['mean', 'every'] as const)('a number that is missing or NaN fails a check of %s', (over) => {
    for (const seeds of [good, [seed({ typo: Number.NaN }), seed({ typo: 1 })], good.slice(0, 1)]) {
      expect(verdict(labOf([check('typo', { atLeast: 0 }, over)]), seeds)).toBe('notShown');
    }
  });

  test.each(['mean', 'every'] as const)(
    'a number that is missing or NaN rejects no control of %s',
    (over) => {
      for (const seeds of [good, good.map((one) => seed({ ...one.measured, typo: Number.NaN }))]) {
        const outcome = outcomeOverSeeds(labOf([up], [check('typo', { atLeast: 0 }, over)]), {}, seeds);
        expect(outcome.controls[0]!.standing).toBe('undecided');
        expect(outcome.verdict).toBe('undecided');
      }
    },
  );

  test('findings that no lab names are not shown, nor those that are missing at a seed', () => {
    const clean = good.map(({ measured }) => seed(measured));
    const found = good.map(({ measured }) => seed(measured, ['std-noise']));
    expect(verdict(labOf([up]), found)).toBe('notShown');
    expect(verdict(labOf([up], [], ['std-noise']), found)).toBe('shown');
    expect(verdict(labOf([up], [], ['std-noise']), [...found.slice(1), clean[0]!])).toBe('notShown');
    expect(outcomeOverSeeds(labOf([up], [], ['std-noise']), {}, clean).missing).toEqual(['std-noise']);
    expect(outcomeOverSeeds(labOf([up]), {}, found).surprises).toEqual(['std-noise']);
  });
});

test('columns over seeds have their mean and interval at every place', () => {
  const seeds = [
    { ...seed({}), series: { a: [1, 2, 9], b: [0] } },
    { ...seed({}), series: { a: [3, 2], b: [4] } },
  ];
  const { a, b } = seriesOverSeeds(seeds);
  expect(a!.mean).toEqual([2, 2]);
  expect([a!.low[0], a!.high[0]]).toEqual(confidence95([1, 3]));
  expect([a!.low[1], a!.high[1]]).toEqual([2, 2]);
  expect(b!.mean).toEqual([2]);
});
