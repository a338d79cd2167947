// Verdicts on objectives: what is proved, what is refuted, and that the objective's own float64 weights agree with a counter-example.
import { describe, expect, test } from 'vitest';
import { type Arithmetic, sumOf } from '../../../src/algebra/arithmetic.ts';
import { evaluatedPolicy } from '../../../src/attribution/evaluatedPolicy.ts';
import { expectedGradient } from '../../../src/attribution/expectedGradient.ts';
import type { FormulaBatch, FormulaToken } from '../../../src/objectives/formulas/index.ts';
import { type ObjectiveName, objectives, type RawOptions } from '../../../src/objectives/index.ts';
import { keyedLogits } from '../../../src/policy/format.ts';
import { decisionKeys, leafKeys, sampleKeys } from '../../../src/policy/shape.ts';
import type { OddsPolicy } from '../../../src/proofs/objectives/counterPolicy.ts';
import { decideMember } from '../../../src/proofs/objectives/expectations.ts';
import { FormulaError } from '../../../src/proofs/objectives/formulaError.ts';
import {
  balanceVerdict,
  builtInSubject,
  DEFAULT_SIZE,
  type ObjectiveProof,
  proveObjective,
} from '../../../src/proofs/objectives/index.ts';
import { addedByBaseline } from '../../../src/proofs/objectives/oneMember.ts';
import { repeatable, type Subject } from '../../../src/proofs/objectives/subject.ts';
import { formula } from './formula.ts';

const ONE = { points: 1, seed: 3 };
const SMALL = { attempts: 2, length: 1, vocabulary: 2 };
const PAIRS = { ...SMALL, groupSize: 2 };

const verdicts = (proof: ObjectiveProof): string =>
  Object.values(proof)
    .map(({ verdict }) => verdict)
    .join(' ');

const prove = (name: ObjectiveName, raw: RawOptions = {}): ObjectiveProof =>
  proveObjective(builtInSubject(name, objectives[name].parseOptions(raw)), ONE, DEFAULT_SIZE);

test('RLOO is proved in every respect, with three points below 2^-100', () => {
  const proof = proveObjective(
    builtInSubject('rloo', objectives.rloo.parseOptions({})),
    {
      points: 3,
      seed: 1,
    },
    DEFAULT_SIZE,
  );
  expect(verdicts(proof)).toBe('proved proved proved proved proved proved');
  expect(proof.factor.value).toBe('1 for groups of 2, 1 for groups of 3');
  for (const { riskLog2 } of Object.values(proof)) expect(riskLog2).toBeLessThan(-100);
});

test('Dr. GRPO has 1 − 1/G; with PPO a constant baseline does not drop out of the mean over tokens, but of the sum', () => {
  const drGrpo = prove('drGrpo');
  expect(verdicts(drGrpo)).toBe('proved refuted refuted proved proved proved');
  expect(drGrpo.factor.value).toBe('1/2 for groups of 2, 2/3 for groups of 3');
  const isFree = (raw: RawOptions): boolean =>
    decideMember(builtInSubject('ppo', objectives.ppo.parseOptions(raw)), addedByBaseline, ONE, SMALL, 2)
      .holds;
  expect([isFree({}), isFree({ aggregation: 'sequenceSum' })]).toEqual([false, true]);
});

test.each<[ObjectiveName, RawOptions, boolean]>([
  ['sft', {}, true],
  ['sft', { segmentWeight: 'segment' }, false],
  ['reinforce', { update: 'decision' }, false],
  ['rloo', { beta: 0.1, klEstimator: 'k2', klPlacement: 'loss' }, false],
  ['rloo', { beta: 0.1 }, true],
  ['ppo', { critic: 'value' }, false],
  ['gspo', {}, true],
])('%s %o is balanced within a trajectory: %s', (name, raw, expected) => {
  const subject = builtInSubject(name, objectives[name].parseOptions(raw));
  const balanced = balanceVerdict(subject, 'onPolicy', ONE, PAIRS);
  expect(balanced.verdict).toBe(expected ? 'proved' : 'refuted');
  expect(balanced.counterExample === undefined).toBe(expected);
});

/** The logits of a policy with odds. */
function logitsOf({ odds }: OddsPolicy) {
  const table = (rows: Readonly<Record<string, readonly number[]>>, keys: Iterable<string>): Float64Array =>
    Float64Array.from([...keys].flatMap((key) => rows[key]!.map(Math.log)));
  return (shape: { attempts: number; length: number; vocabulary: number }) => ({
    sample: table(odds.sample, sampleKeys(shape)),
    decision: table(odds.decision, decisionKeys(shape)),
  });
}

test('the counter-example of GRPO is one for its own weights in float64: the same gradient at the place', () => {
  const { unbiased } = prove('grpo');
  const file = unbiased.counterExample!;
  const { attempts, length, vocabulary } = file;
  const shape = { attempts, length, vocabulary };
  const logits = logitsOf(file)(shape);
  const values = Float64Array.from([...leafKeys(shape)].map((key) => file.reward.table[key]!));
  const policy = evaluatedPolicy({ shape, reward: { kind: 'table', values }, logits, reference: logits });
  const { gradient } = expectedGradient(policy, {
    objective: objectives.grpo,
    options: objectives.grpo.parseOptions({}),
    groupSize: unbiased.groupSize!,
    behaviour: 'policy',
  });
  const samples = keyedLogits(shape, { sample: gradient, decision: gradient }).sample;
  expect(unbiased.place).toBe('sample history "", token 0');
  expect(samples.row(0)).toBeDefined();
  expect(gradient[0]).toBeCloseTo(Number(unbiased.found), 8);
  expect(unbiased.expected).not.toBe(unbiased.found);
});

test('a counter-example is the same by classes of trajectories and by all of them', () => {
  const shape = { attempts: 2, length: 2, vocabulary: 2 };
  const { unbiased: verdict } = proveObjective(
    builtInSubject('grpo', objectives.grpo.parseOptions({})),
    ONE,
    { ...shape, groupSize: 3 },
  );
  const file = verdict.counterExample!;
  const logits = logitsOf(file)(shape);
  const values = Float64Array.from([...leafKeys(shape)].map((key) => file.reward.table[key]!));
  const policy = evaluatedPolicy({ shape, reward: { kind: 'table', values }, logits, reference: logits });
  const { gradient } = expectedGradient(policy, {
    objective: objectives.grpo,
    options: objectives.grpo.parseOptions({}),
    groupSize: verdict.groupSize!,
    behaviour: 'policy',
  });
  expect(verdict.place).toBe('sample history "", token 0');
  expect(gradient[0]).toBeCloseTo(Number(verdict.found), 8);
});

describe('controls', () => {
  test('a formula that is balanced for the rewards 0 to 3 alone is refuted, with another reward', () => {
    const vanishing = formula((field, reward, { component }) => {
      const factors = [0, 1, 2, 3].map((k) => field.sub(reward, field.number(k)));
      return component === 'sample' ? reward : field.add(reward, factors.reduce(field.mul));
    });
    const balanced = balanceVerdict(vanishing, 'onPolicy', ONE, PAIRS);
    expect(balanced.verdict).toBe('refuted');
    expect(Math.max(...Object.values(balanced.counterExample!.reward.table))).toBeGreaterThan(3);
  });

  test('weights that depend on the sign of the advantage have no one formula: refuted where a policy shows it', () => {
    const half = formula((field, reward, _token, batch) => {
      const mean = sumOf(
        field,
        batch.map((one) => field.div(one.reward, field.number(batch.length))),
      );
      const a = field.sub(reward, mean);
      return field.isAbove(a, field.number(0)) ? a : field.number(0);
    });
    const { balanced, balancedOffPolicy, factor } = proveObjective(half, ONE, PAIRS);
    expect([balanced.verdict, balancedOffPolicy.verdict]).toEqual(['proved', 'proved']);
    expect(factor.verdict).toBe('refuted');
  });
});

describe('what holds at points of one field alone is not proved', () => {
  const ofSecond = (second: <T>(field: Arithmetic<T>, reward: T, token: FormulaToken<T>) => T): Subject =>
    formula((field, reward, token) => (token.component === 'sample' ? reward : second(field, reward, token)));
  const balance = (subject: Subject) => balanceVerdict(subject, 'onPolicy', ONE, PAIRS);

  test('coefficients that are multiples of 2^61 − 1', () => {
    const multiple = ofSecond((field, reward, { prob }) => {
      const p = field.sub(field.mul(field.number(2 ** 31), field.number(2 ** 30)), field.number(1));
      return field.add(reward, field.mul(p, prob));
    });
    expect(balance(multiple)).toMatchObject({ verdict: 'refuted', expected: '0' });
  });

  test('R to the power 2^61 − 1, which is R at every point, has a degree that leaves no risk', () => {
    const power = ofSecond((field, reward) => {
      let square = reward;
      let result = reward;
      for (let k = 1; k < 61; k++) {
        square = field.mul(square, square);
        result = field.mul(result, square);
      }
      return result;
    });
    const { verdict, reason } = balance(power);
    expect([verdict, reason]).toEqual(['outside', expect.stringContaining('leaves a risk above 2^-40')]);
  });

  test('what differs where isZero is true is refuted there; where it does not differ, the proof says that it asked', () => {
    const atZero = (then: number): Subject =>
      ofSecond((field, reward) => (field.isZero(reward) ? field.number(then) : reward));
    expect(balance(atZero(1)).verdict).toBe('refuted');
    expect(balance(atZero(0))).toMatchObject({
      verdict: 'proved',
      reason: expect.stringContaining('isZero'),
    });
  });

  test('comparisons by operators', () => {
    const equal = ofSecond((field, reward) => (Object.is(reward, 0) ? field.number(1) : reward));
    const { verdict, reason } = balance(equal);
    expect([verdict, reason]).toEqual(['outside', expect.stringContaining('double precision')]);
    const above = ofSecond((field, reward) => (Number(reward) > 0 ? field.number(1) : reward));
    expect(() => balance(above)).toThrow('an element of the field beside an operator');
  });

  test('a factor is what numbers have, too: e^(log 2) is 2, which no symbol knows', () => {
    const doubled = formula((field, reward) => {
      const two = field.number(2);
      const isTwo = field.isZero(field.sub(field.exp(field.log(two)), two));
      return isTwo ? field.mul(two, reward) : reward;
    });
    const { unbiased, factor } = proveObjective(doubled, ONE, PAIRS);
    for (const { verdict, reason } of [unbiased, factor]) {
      expect([verdict, reason]).toEqual(['outside', expect.stringContaining('double precision')]);
    }
  });

  test('what has no value for any number is not proved: (√4 − 2)/(√4 − 2)', () => {
    const nowhere = formula((field, reward) => {
      const nothing = field.sub(field.sqrt(field.number(4)), field.number(2));
      return field.mul(field.div(nothing, nothing), reward);
    });
    expect(balance(nowhere)).toMatchObject({
      verdict: 'outside',
      reason: expect.stringContaining('divides by 0'),
    });
  });

  test('a division by 2^61 − 1 is none by 0, and where float64 ends nothing is refuted', () => {
    const divided = ofSecond((field, reward) => {
      const p = field.sub(field.mul(field.number(2 ** 31), field.number(2 ** 30)), field.number(1));
      return field.div(field.mul(reward, p), p);
    });
    expect(balance(divided).verdict).toBe('proved');
    const rounded = ofSecond((field, reward, { prob }) => {
      const large = field.number(1e30);
      const mess = field.sub(field.sub(field.add(large, prob), large), prob);
      const zero = field.mul(
        field.mul(field.number(0), field.sqrt(field.number(2))),
        field.number(Number.MAX_VALUE),
      );
      return field.add(reward, field.add(mess, zero));
    });
    expect(balance(rounded).verdict).toBe('outside');
  });

  test('a formula that keeps a state is no formula', () => {
    let calls = 0;
    const counted = formula((field, reward) => field.mul(reward, field.number(++calls)));
    expect(() => balance(repeatable(counted))).toThrow('when it is called again');
  });

  test('a formula sees rewards, groups and tokens alone', () => {
    const seen = new Set<string>();
    const curious: Subject = {
      weights: (field, batch) => {
        for (const one of batch) for (const key of Object.keys(one)) seen.add(key);
        return batch.map(({ tokens }) => tokens.map(() => field.number(1)));
      },
    };
    decideMember(curious, addedByBaseline, ONE, SMALL, 2);
    expect([...seen].toSorted()).toEqual(['group', 'reward', 'tokens']);
  });
});

test.each<[string, unknown, string]>([
  [
    'a Promise',
    async (_f: unknown, batch: FormulaBatch<unknown>) => batch.map(({ tokens }) => tokens.map(() => 1)),
    'weights: expected an array, found a Promise; a formula is a function without async',
  ],
  [
    'a Promise that is rejected',
    () => Promise.reject(new Error('late')),
    'weights: expected an array, found a Promise',
  ],
  ['no arrays', () => 1, 'weights: expected an array of 2 trajectories, found 1'],
  [
    'a number',
    (_f: unknown, batch: FormulaBatch<unknown>) => batch.map((one) => one.tokens.map(() => Number.NaN)),
    'weights[0][0]: expected an element of the field, such as field.number(1), found NaN',
  ],
  ['NaN', (f: Arithmetic<unknown>) => f.number(Number.NaN), 'number: expected a finite number, found NaN'],
  [
    'a bare number',
    (f: Arithmetic<unknown>) => f.add(f.number(1), 2),
    'add: expected an element of the field',
  ],
  [
    'an error',
    () => {
      throw new TypeError('no such thing');
    },
    'weights threw TypeError: no such thing',
  ],
  [
    'a division by 0',
    (f: Arithmetic<unknown>) => f.div(f.number(1), f.sub(f.number(1), f.number(1))),
    'it divides by 0 at every point',
  ],
])('a formula with %s is refused with the place', (_name, weights, message) => {
  const run = (): unknown => proveObjective({ weights } as Subject, ONE, PAIRS);
  expect(run).toThrow(FormulaError);
  expect(run).toThrow(message);
});
