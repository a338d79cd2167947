// EAPO: the task, the filter and its blindness in closed form, the reward model, and one small seed with planted mistakes.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { parseOptions } from '../../src/base/options.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { eapo } from '../../src/labs/eapo/lab.ts';
import { measuredOf } from '../../src/labs/eapo/measure.ts';
import { answerOf, drawContexts, reflection } from '../../src/labs/eapo/retrieval.ts';
import { type Judged, labelOf, RewardModel } from '../../src/labs/eapo/rewardModel.ts';
import {
  highScored,
  luckyAmongKept,
  luckyByBayes,
  wrongAmongHigh,
} from '../../src/labs/eapo/selfConfirmation.ts';
import { accuracyOf, choiceAccuracy, withShuffledOutcomes } from '../../src/labs/eapo/train.ts';
import type { LabSeed } from '../../src/labs/lab.ts';
import { standing } from '../../src/labs/verdict.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const SHAPE = { slots: 5, width: 6, values: 4, guess: 0.7 };
const MAP = reflection(6, randomStream(3, 'map'));

test('R is orthogonal, so that the right key has the product 1 with its query and no other has more', () => {
  const contexts = drawContexts(SHAPE, 40, MAP, randomStream(3, 'contexts'));
  const { query, key, width, slots, right } = contexts;
  for (let p = 0; p < contexts.count; p++) {
    const products = Array.from({ length: slots }, (_, slot) => {
      let sum = 0;
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++)
          sum += query[p * width + i]! * MAP[i * width + j]! * key[(p * slots + slot) * width + j]!;
      return sum;
    });
    // Some tens of products of numbers up to 1, added up.
    expect(Math.abs(products[right[p]!]! - 1)).toBeLessThan(100 * Number.EPSILON);
    expect(products.indexOf(Math.max(...products))).toBe(right[p]);
    expect(answerOf(contexts, p)).toBe(contexts.value[p * slots + right[p]!]);
  }
});

test('the popular value has its share', () => {
  const { value } = drawContexts(SHAPE, 2000, MAP, randomStream(4, 'contexts'));
  const share = value.filter((v) => v === 0).length / value.length;
  // Five standard errors of 10 000 draws.
  expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt((0.7 * 0.3) / value.length));
});

test('accuracies are expectations over both tokens', () => {
  const contexts = {
    ...drawContexts({ ...SHAPE, slots: 2, values: 2 }, 1, MAP, randomStream(1, 'one')),
    value: Int32Array.of(0, 1),
    right: Int32Array.of(1),
  };
  const tables = {
    look: [Float64Array.of(Math.log(0.25), Math.log(0.75))],
    answer: [Float64Array.of(Math.log(0.9), Math.log(0.1)), Float64Array.of(Math.log(0.4), Math.log(0.6))],
  };
  const { evidence, answer, popular } = accuracyOf(tables, contexts);
  expect(evidence).toBeCloseTo(0.75, 14);
  expect(answer).toBeCloseTo(0.25 * 0.1 + 0.75 * 0.6, 14);
  expect(popular).toBe(0);
});

const EMPTY = new Float64Array(0);
const judged = (score: number, correct: boolean, right: boolean): Judged => ({
  query: EMPTY,
  key: EMPTY,
  score,
  correct,
  right,
});

test('labels: high and right 1, low and wrong 0, else none', () => {
  expect(labelOf({ score: 0.9, correct: true })).toBe(1);
  expect(labelOf({ score: 0.1, correct: false })).toBe(0);
  expect(labelOf({ score: 0.9, correct: false })).toBeUndefined();
  expect(labelOf({ score: 0.1, correct: true })).toBeUndefined();
});

test("the share of lucky guesses is that of Bayes' rule; where answers are guessed the filter changes nothing", () => {
  const count = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(count, count, count, count, (rightAnswered, rightFailed, lucky, wrongFailed) => {
      const counts = { rightAnswered, rightFailed, lucky, wrongFailed };
      expect(Math.abs(luckyAmongKept(counts) - luckyByBayes(counts))).toBeLessThan(16 * Number.EPSILON);
      const blind = { rightAnswered, rightFailed, lucky: 3 * rightAnswered, wrongFailed: 3 * rightFailed };
      expect(luckyAmongKept(blind)).toBe(0.75);
      expect(wrongAmongHigh(blind)).toBe(0.75);
    }),
  );
});

test('a count that is wrong is seen by the comparison with Bayes', () => {
  const counts = highScored([
    judged(0.9, true, true),
    judged(0.8, true, false),
    judged(0.7, false, false),
    judged(0.7, false, true),
    judged(0.2, true, true),
  ]);
  expect(counts).toEqual({ rightAnswered: 1, rightFailed: 1, lucky: 1, wrongFailed: 1 });
  const moved = { ...counts, lucky: 2 };
  expect(Math.abs(luckyAmongKept(counts) - luckyByBayes(moved))).toBeGreaterThan(0.1);
});

test('shuffled outcomes are the same outcomes of other rollouts', () => {
  const rollouts = Array.from({ length: 50 }, (_, i) => judged(0.9, i < 20, true));
  const shuffled = withShuffledOutcomes(rollouts, 1, 1);
  expect(shuffled.filter(({ correct }) => correct)).toHaveLength(20);
  expect(shuffled.map(({ correct }) => correct)).not.toEqual(rollouts.map(({ correct }) => correct));
});

test('a reward model without noise chooses right; fitted to true labels a noisy one gets better, to false ones worse', () => {
  const shape = { ...SHAPE, slots: 8 };
  const contexts = drawContexts(shape, 200, MAP, randomStream(5, 'train'));
  const heldOut = drawContexts(shape, 200, MAP, randomStream(5, 'held out'));
  const make = (noise: number): RewardModel =>
    new RewardModel(MAP, 6, noise, 6, 0.1, randomStream(5, 'noise'));
  const choice = (model: RewardModel): number => choiceAccuracy(model.scores(heldOut), heldOut);
  const perfect = make(0);
  expect(choice(perfect)).toBe(1);
  const labelled = (isRight: (right: boolean) => boolean): Judged[] =>
    [...contexts.right.keys()].flatMap((p) =>
      Array.from({ length: 8 }, (_, slot) => {
        const good = isRight(slot === contexts.right[p]);
        const at = (p * 8 + slot) * 6;
        return {
          query: contexts.query.subarray(p * 6, p * 6 + 6),
          key: contexts.key.subarray(at, at + 6),
          score: good ? 1 : 0,
          correct: good,
          right: slot === contexts.right[p],
        };
      }),
    );
  const [told, misled] = [make(0.8), make(0.8)];
  const before = choice(told);
  told.refresh(
    labelled((right) => right),
    40,
  );
  misled.refresh(
    labelled((right) => !right),
    40,
  );
  expect(choice(told)).toBeGreaterThan(before + 0.1);
  expect(choice(misled)).toBeLessThan(before - 0.1);
  for (const model of [perfect, told, misled]) model.dispose();
});

const OPTIONS = parseOptions('eapo', eapo.options, eapo.small);

/** A seed to its end; its share of work never falls and ends at 1. */
async function run(seed: number, changed: Partial<typeof OPTIONS> = {}): Promise<LabSeed> {
  const steps = eapo.measure({ ...OPTIONS, ...changed }, seed);
  let share = 0;
  for (;;) {
    const next = await steps.next();
    if (next.done === true) {
      expect(share).toBe(1);
      return next.value;
    }
    expect(next.value.share).toBeGreaterThanOrEqual(share);
    share = next.value.share;
  }
}

function stands({ measured }: LabSeed, name: string): string {
  const check = [...eapo.checks, ...eapo.controls].find((one) => one.of === name)!;
  return standing([measured[name]!, measured[name]!], check.expects(OPTIONS));
}

test('one small seed stands where it must, and so do its controls', async () => {
  const seed = await run(1);
  for (const { of } of eapo.checks) expect([of, stands(seed, of)]).toEqual([of, 'within']);
  for (const { of } of eapo.controls) expect([of, stands(seed, of)]).toEqual([of, 'outside']);
  expect(seed.audit).toEqual([]);
  const lengths = new Set(Object.values(seed.series).map((column) => column.length));
  expect([...lengths].sort((a, b) => a - b)).toEqual([10, 11]);
});

test('who stops: a static reward that gains as much as the refreshed one is seen, and so is one that stops', () => {
  const high = { rightAnswered: 3, rightFailed: 1, lucky: 2, wrongFailed: 1 };
  /** Six evaluations, of which the last two thirds begin at the third. */
  const course = (begin: number, gain: number) =>
    [0, 1, 2, 3, 4, 5].map((step) => ({
      step,
      evidence: begin + (Math.max(0, step - 2) * gain) / 3,
      answer: 0.7,
      popular: 0.7,
      model: 0.6,
      high,
    }));
  const measured = (staticGain: number, refreshedGain: number) =>
    measuredOf(
      {
        outcome: course(0.1, 0),
        static: course(0.5, staticGain),
        refreshed: course(0.5, refreshedGain),
        shuffled: course(0.5, staticGain),
      },
      { evidence: { weight: 0.5, mass: 0, gradient: 0.5 } },
    );
  const seen = (staticGain: number, refreshedGain: number, name: string): string =>
    stands({ measured: measured(staticGain, refreshedGain), series: {}, split: {}, audit: [] }, name);
  expect(measured(0.03, 0.3).staticAgainstHalf).toBeCloseTo(-0.12, 12);
  expect(seen(0.03, 0.3, 'staticAgainstHalf')).toBe('within');
  expect(seen(0.03, 0.3, 'refreshedAgainstHalf')).toBe('outside');
  expect(seen(0.03, 0.3, 'shuffledOverRefreshed')).toBe('outside');
  expect(seen(0.3, 0.3, 'staticAgainstHalf')).toBe('outside');
  expect(seen(0.3, 0.03, 'refreshedAgainstHalf')).toBe('within');
  // As good as the other is no gain.
  expect(seen(0.3, 0.3, 'refreshedOverStatic')).toBe('outside');
});

test('the same seed gives the same', async () => {
  const short = { steps: 20, evaluateEvery: 10 };
  expect(await run(2, short)).toEqual(await run(2, short));
});

test('planted: a reward for evidence without weight helps nothing', async () => {
  expect(stands(await run(1, { steps: 40, evidenceWeight: 0 }), 'staticOverOutcome')).toBe('outside');
});
