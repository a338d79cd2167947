// `exact --objective`: the expected gradient of every objective against the enumeration of ordered groups.
import { describe, expect, test } from 'vitest';
import { exact, type ObjectiveResult } from '../../src/analyses/exact.ts';
import { InputError } from '../../src/base/errors.ts';
import type { RawOptions } from '../../src/base/options.ts';
import { getObjective, objectiveNames } from '../../src/objectives/index.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';
import { arrays, enumerate, expectedWeights, type World } from '../oracle/bruteForce.ts';
import { drawPolicy } from '../oracle/policies.ts';
import { quantitiesOf } from '../oracle/quantities.ts';

const AGREEMENT = 1e-10;
const TINY = { attempts: 2, length: 1, vocabulary: 2 };
const SMALL = [
  { attempts: 3, length: 1, vocabulary: 2 },
  { attempts: 2, length: 2, vocabulary: 2 },
  { attempts: 1, length: 2, vocabulary: 3 },
];

type Behaviour = 'policy' | 'reference';

interface Case {
  readonly policy: TabularPolicy;
  readonly name: string;
  readonly options: RawOptions;
  readonly behaviour: Behaviour;
  readonly groupSize: number;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** The objective's part of the result from ordered groups. */
function bruteForce(world: World, { policy, name, options, behaviour, groupSize }: Case) {
  const objective = getObjective(name);
  const parsed = objective.parseOptions(options);
  const { gradient, relativeSpread } = expectedWeights(
    world,
    world[behaviour],
    groupSize,
    parsed.critic === 'value',
    (batch) => objective.weights(batch, parsed),
  );
  const g = arrays(gradient);
  const j = arrays(quantitiesOf(policy, 1).rewardGradient);
  const cosine = (a: readonly number[], b: readonly number[]): number | null => {
    const [sizeA, sizeB] = [Math.hypot(...a), Math.hypot(...b)];
    // A gradient of a generic policy is far larger than rounding, or exactly zero.
    return Math.min(sizeA, sizeB) < 1e-12 ? null : dot(a, b) / sizeA / sizeB;
  };
  const both = [...g.sample, ...g.decision];
  const target = [...j.sample, ...j.decision];
  return {
    gradient: g,
    norm: [Math.hypot(...g.sample), Math.hypot(...g.decision), Math.hypot(...both)],
    cosine: [
      cosine([...g.sample], [...j.sample]),
      cosine([...g.decision], [...j.decision]),
      cosine(both, target),
    ],
    scale: dot(both, target) / dot(target, target),
    relativeSpread,
  };
}

function differences(found: ObjectiveResult, given: Case): string[] {
  const expected = bruteForce(enumerate(given.policy), given);
  const { gradient, gradientNorm, cosine, scale, balanced } = found;
  const far = (what: string, a: number | null, b: number | null): string[] => {
    const same = a === null || b === null ? a === b : Math.abs(a - b) <= AGREEMENT;
    return same
      ? []
      : [`${given.name}, ${given.behaviour}, ${JSON.stringify(given.options)}: ${what} ${a} for ${b}`];
  };
  const entries = (['sample', 'decision'] as const).flatMap((c) =>
    [...gradient[c]].flatMap((x, i) => far(`${c}[${i}]`, x, expected.gradient[c][i]!)),
  );
  return [
    ...far(
      'rows',
      gradient.sample.length + gradient.decision.length,
      expected.gradient.sample.length + expected.gradient.decision.length,
    ),
    ...entries,
    ...[gradientNorm.sample, gradientNorm.decision, gradientNorm.total].flatMap((x, i) =>
      far(`norm ${i}`, x, expected.norm[i]!),
    ),
    ...[cosine.sample, cosine.decision, cosine.total].flatMap((x, i) =>
      far(`cosine ${i}`, x, expected.cosine[i]!),
    ),
    ...far('scale', scale, expected.scale),
    // Weights that are equal up to rounding differ by 1e-12 of the largest at most, others of a generic policy by far more.
    ...far('balanced', Number(balanced), Number(expected.relativeSpread < 1e-12)),
  ];
}

function run(given: Case): ObjectiveResult {
  const { policy, name, options, behaviour, groupSize } = given;
  return exact(policy, { beta: 1, objective: { name, options: { ...options, behaviour, groupSize } } })
    .objective!;
}

/** Every case of a list of option sets, on and off policy. */
function casesOf(options: RawOptions, groupSize: number, seed: number, names = objectiveNames): Case[] {
  const shapes = groupSize === 2 ? SMALL : [TINY];
  return shapes.flatMap((shape, s) =>
    names.flatMap((name) =>
      (['policy', 'reference'] as const).map((behaviour) => {
        const policy = drawPolicy(shape, seed + s);
        return { policy, name, options, behaviour, groupSize };
      }),
    ),
  );
}

const withKl = objectiveNames.filter((name) => name !== 'sft');

describe('every objective against ordered groups', () => {
  test.each(objectiveNames)(
    '%s, default options, groups of two and three, target and table rewards',
    (name) => {
      const cases = [2, 3, 4, 5].flatMap((seed) => [
        ...casesOf({}, 2, seed, [name]),
        ...casesOf({}, 3, seed, [name]),
      ]);
      expect(cases.flatMap((given) => differences(run(given), given))).toEqual([]);
    },
  );

  test.each(['k1', 'k2', 'k3'])('with a KL penalty by %s, as a loss and in the reward', (klEstimator) => {
    const cases = ['loss', 'reward'].flatMap((klPlacement) =>
      casesOf({ beta: 0.4, klEstimator, klPlacement }, 3, 7, withKl),
    );
    expect(cases.flatMap((given) => differences(run(given), given))).toEqual([]);
  });

  test('with a critic, baselines, masks, segments, aggregations, one component only', () => {
    const cases = [
      ...casesOf({ critic: 'value' }, 2, 3, ['ppo']),
      ...casesOf({ critic: 'value', gaeLambda: 0.5, beta: 0.2 }, 2, 4, ['ppo']),
      ...casesOf({ baseline: -0.7 }, 2, 3, ['reinforce', 'ppo']),
      ...casesOf({ segmentWeight: 'segment' }, 2, 3, ['sft']),
      ...casesOf({ wrongAttempts: 'masked', aggregation: 'sequenceMean' }, 2, 3, ['sft']),
      ...casesOf({ update: 'decision' }, 2, 3, ['grpo', 'sft', 'gspo']),
      ...casesOf({ update: 'sample', aggregation: 'sequenceSum' }, 2, 3, ['grpo', 'cispo']),
      ...casesOf({ aggregation: 'constant', maxLength: 7 }, 2, 3, ['rloo', 'dapo', 'luspo']),
      ...casesOf({ normalizeByStd: false }, 2, 4, ['grpo', 'dapo']),
      ...casesOf({ ddof: 0, stdEpsilon: 0 }, 3, 4, ['grpo', 'cispo']),
      ...casesOf({ attemptCost: 0.3, beta: 0.2, klPlacement: 'reward' }, 2, 4, ['grpo', 'rloo', 'ppo']),
    ];
    expect(cases.flatMap((given) => differences(run(given), given))).toEqual([]);
  });

  test('the comparison sees another group size, behaviour, option', () => {
    const policy = drawPolicy(TINY, 2);
    const given: Case = { policy, name: 'grpo', options: {}, behaviour: 'policy', groupSize: 2 };
    expect(differences(run(given), given)).toEqual([]);
    const others: Case[] = [
      { ...given, groupSize: 3 },
      { ...given, behaviour: 'reference' },
      { ...given, options: { normalizeByStd: false } },
      { ...given, name: 'dapo' },
      { ...given, policy: drawPolicy(TINY, 4) },
    ];
    for (const other of others) expect(differences(run(other), given)).not.toEqual([]);
  });

  test('a cost of attempts is that of the reward, on top of what the reward holds', () => {
    const policy = drawPolicy({ attempts: 3, length: 1, vocabulary: 2 }, 2);
    if (policy.reward.kind !== 'target') throw new Error('seed 2 has a target');
    const dearer = { ...policy, reward: { ...policy.reward, attemptCost: policy.reward.attemptCost + 0.3 } };
    const gradientOf = (given: TabularPolicy, options: RawOptions) =>
      exact(given, { beta: 1, objective: { name: 'grpo', options } }).objective!.gradient;
    for (const component of ['sample', 'decision'] as const) {
      const [found, expected, without] = [
        gradientOf(policy, { attemptCost: 0.3 })[component],
        gradientOf(dearer, {})[component],
        gradientOf(policy, {})[component],
      ];
      found.forEach((x, i) => {
        expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(AGREEMENT);
      });
      expect(Math.max(...found.map((x, i) => Math.abs(x - without[i]!)))).toBeGreaterThan(1e-3);
    }
  });

  test('groupSize is 4 and the policy draws unless asked otherwise; demonstrations come from the reference', () => {
    const policy = drawPolicy(TINY, 2);
    const options = (name: string) =>
      exact(policy, { beta: 1, objective: { name, options: {} } }).objective!.options;
    expect(options('grpo')).toMatchObject({ groupSize: 4, behaviour: 'policy', normalizeByStd: true });
    expect(options('sft')).toMatchObject({ groupSize: 4, behaviour: 'reference' });
  });
});

describe('what ∇J says about directions', () => {
  const policy = drawPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 2);
  const of = (name: string, options: RawOptions) =>
    exact(policy, { beta: 1, objective: { name, options } }).objective!;

  test('REINFORCE and RLOO have ∇J itself, Dr. GRPO (1 − 1/G)·∇J', () => {
    for (const [found, scale] of [
      [of('reinforce', { groupSize: 1, baseline: 3 }), 1],
      [of('rloo', { groupSize: 3 }), 1],
      [of('drGrpo', { groupSize: 3 }), 2 / 3],
      [of('drGrpo', { groupSize: 5 }), 4 / 5],
    ] as const) {
      expect(Math.abs(found.scale! - scale)).toBeLessThanOrEqual(AGREEMENT);
      for (const cosine of Object.values(found.cosine))
        expect(Math.abs(cosine! - 1)).toBeLessThanOrEqual(AGREEMENT);
      expect(found.balanced).toBe(true);
    }
  });

  test('SFT on its own samples has no direction: every weight is the same, the expectation is zero', () => {
    const found = exact(drawPolicy({ attempts: 1, length: 2, vocabulary: 3 }, 2), {
      beta: 1,
      objective: { name: 'sft', options: { behaviour: 'policy' } },
    }).objective!;
    expect(found.gradientNorm.total).toBeLessThan(1e-15);
    expect(found.cosine).toEqual({ sample: null, decision: null, total: null });
    expect(Math.abs(found.scale!)).toBeLessThan(1e-13);
  });

  test('a constant reward has no direction either', () => {
    const constant = {
      ...policy,
      reward: { kind: 'table', values: new Float64Array(20).fill(0.7) },
    } as const;
    const found = exact(constant, {
      beta: 1,
      objective: { name: 'gspo', options: { behaviour: 'reference' } },
    }).objective!;
    expect(found.scale).toBeNull();
    expect(found.cosine.total).toBeNull();
  });

  test('1/|o| points elsewhere, a critic is unbalanced and unbiased', () => {
    expect(of('grpo', { normalizeByStd: false, groupSize: 3 }).cosine.total).toBeLessThan(1 - 1e-6);
    const critic = of('ppo', { critic: 'value', aggregation: 'sequenceSum', groupSize: 1 });
    expect(critic.balanced).toBe(false);
    expect(Math.abs(critic.scale! - 1)).toBeLessThanOrEqual(AGREEMENT);
  });
});

describe('errors', () => {
  const policy = drawPolicy(TINY, 2);
  const message = (name: string, options: RawOptions, given = policy): string => {
    try {
      exact(given, { beta: 1, objective: { name, options } });
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    return 'no error';
  };

  test('an unknown objective or option names the near one', () => {
    expect(message('gropo', {})).toContain('unknown objective "gropo" (did you mean "grpo"?)');
    expect(message('grpo', { clipLo: 0.1 })).toContain(
      'grpo: unknown option "clipLo" (did you mean "clipLow"?)',
    );
    expect(message('grpo', { groupsize: 3 })).toContain('(did you mean "groupSize"?)');
    expect(message('grpo', { behavior: 'policy' })).toContain('(did you mean "behaviour"?)');
    expect(message('__proto__', {})).toContain('unknown objective');
    expect(message('grpo', JSON.parse('{"__proto__": 1}'))).toContain('unknown option "__proto__"');
  });

  test.each([
    0,
    -1,
    1.5,
    65,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    'abc',
    '',
    ' ',
    '1.5',
    '0x10',
    '1e999',
    true,
    null,
    [4],
    {},
  ])('groupSize %j', (groupSize) => {
    expect(message('grpo', { groupSize })).toContain(
      'option groupSize: expected an integer from 1 to 64, found ',
    );
  });

  test.each(['', 'Policy', 'old', 1, null, true])('behaviour %j', (behaviour) => {
    expect(message('grpo', { behaviour })).toMatch(/option behaviour: expected .*policy.*reference, found /);
  });

  test('a group of one for RLOO', () => {
    expect(message('rloo', { groupSize: 1 })).toContain('at least 2 trajectories per group');
  });

  test('too many groups are counted and refused before they are enumerated', () => {
    // 84 trajectories with rewards of their own: C(84 + 5 − 1, 5) groups.
    const table = drawPolicy({ attempts: 3, length: 2, vocabulary: 2 }, 3);
    expect(message('grpo', { groupSize: 5 }, table)).toContain(
      '84 distinguishable trajectories make 39175752 groups of 5',
    );
    expect(message('grpo', { groupSize: 2 }, table)).toBe('no error');
    expect(
      message('grpo', { groupSize: 64 }, drawPolicy({ attempts: 4, length: 2, vocabulary: 2 }, 3)),
    ).toMatch(/groups of 64/);
  });
});
