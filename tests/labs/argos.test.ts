// Argos: the images, the scorers and their gate, closed forms, and one small seed with planted mistakes.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { useKernels } from '../../src/autodiff/index.ts';
import { parseOptions } from '../../src/base/options.ts';
import { randomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import {
  answerOf,
  drawImages,
  type Images,
  insideOf,
  isBorder,
  prototypes,
} from '../../src/labs/argos/image.ts';
import { argos } from '../../src/labs/argos/lab.ts';
import { borderWorth, outsideBounds, ungrounded } from '../../src/labs/argos/measure.ts';
import { accuracyOf, demonstrationsOf, rightOnes } from '../../src/labs/argos/train.ts';
import {
  answerScorer,
  brokenPointScorer,
  formatScorer,
  gated,
  pickAnswer,
  pickApplicable,
  pointScorer,
  rewardsOf,
} from '../../src/labs/argos/verifier.ts';
import type { LabSeed } from '../../src/labs/lab.ts';
import { standing } from '../../src/labs/verdict.ts';

beforeAll(() => useKernels(loadWasmKernelsSync()));

const SHAPE = { side: 5, kinds: 3, width: 4, blur: 0, colours: 4 };
const LOOKS = prototypes(SHAPE, randomStream(1, 'prototypes'));

function images(count: number, shortcut = 0.95, annotated = 0.7): Images {
  return drawImages(SHAPE, count, LOOKS, { shortcut, annotated }, randomStream(2, 'images'));
}

test('one object is of the kind that is asked for; the border has one colour', () => {
  const drawn = images(50);
  const cells = 25;
  for (let p = 0; p < drawn.count; p++) {
    const kind = LOOKS.subarray(drawn.asked[p]! * 4, drawn.asked[p]! * 4 + 4);
    const alike = insideOf(5).filter((cell) => {
      const at = (p * cells + cell) * 4;
      return kind.every((x, i) => x === drawn.look[at + i]);
    });
    expect(alike).toEqual([drawn.target[p]]);
    const border = Array.from({ length: cells }, (_, cell) => cell).filter((cell) => isBorder(cell, 5));
    expect(border).toHaveLength(16);
    expect(new Set(border.map((cell) => drawn.colour[p * cells + cell])).size).toBe(1);
  }
});

test('the border is worth s + (1 − s)/A', () => {
  for (const shortcut of [0, 0.6, 1]) {
    const drawn = images(4000, shortcut);
    const right = Array.from(drawn.target).filter(
      (_, p) => drawn.colour[p * 25] === answerOf(drawn, p),
    ).length;
    const worth = borderWorth({ shortcut, colours: 4 });
    // Five standard errors of 4000 draws.
    const tolerance = 5 * Math.sqrt((worth * (1 - worth)) / 4000);
    expect(Math.abs(right / 4000 - worth)).toBeLessThanOrEqual(tolerance);
  }
});

test('scorers say what they are asked, and one that says no closes the gate', () => {
  const drawn = images(3, 0.95, 1);
  const target = drawn.target[0]!;
  const elsewhere = insideOf(5).find((cell) => cell !== target)!;
  const answer = answerOf(drawn, 0);
  const attempt = { images: drawn, p: 0, point: target, answer };
  expect([formatScorer, answerScorer, pointScorer].map((s) => s.score(attempt))).toEqual([1, 1, 1]);
  expect(pointScorer.score({ ...attempt, point: elsewhere })).toBe(0);
  expect(answerScorer.score({ ...attempt, answer: (answer + 1) % 4 })).toBe(0);
  expect(formatScorer.score({ ...attempt, point: 25 })).toBe(0);
  const pool = pickApplicable(drawn, 0);
  expect(gated(pool, attempt)).toBe(1);
  for (const wrong of [{ point: elsewhere }, { point: 25 }, { answer: (answer + 1) % 4 }])
    expect(gated(pool, { ...attempt, ...wrong })).toBe(0);
});

test('the point is asked for only where its place is known', () => {
  const drawn = images(40);
  for (let p = 0; p < drawn.count; p++) {
    const names = pickApplicable(drawn, p).map(({ name }) => name);
    expect(names.includes('point')).toBe(drawn.annotated[p] === 1);
  }
  expect(new Set(drawn.annotated)).toEqual(new Set([0, 1]));
});

test('the composed reward is never above that of the answer; demonstrations have it; the broken scorer refuses them', () => {
  const drawn = images(60, 0.95, 1);
  const shown = demonstrationsOf(drawn);
  expect(rewardsOf(drawn, shown, pickApplicable)).toEqual(new Float64Array(60).fill(1));
  const broken = rewardsOf(drawn, shown, () => [brokenPointScorer]);
  const next = Array.from(drawn.target, (cell, p) => (cell === drawn.target[(p + 1) % 60] ? 1 : 0));
  expect(Array.from(broken)).toEqual(next);
  expect(broken.includes(0)).toBe(true);
  const random = randomStream(3, 'rollouts');
  const rollouts = {
    ...shown,
    look: shown.look.map(() => random.integer(26)),
    answer: shown.answer.map(() => random.integer(4)),
  };
  const composed = rewardsOf(drawn, rollouts, pickApplicable);
  const outcome = rewardsOf(drawn, rollouts, pickAnswer);
  for (const [i, r] of composed.entries()) expect(r).toBeLessThanOrEqual(outcome[i]!);
  const kept = rightOnes(rollouts, outcome);
  expect(kept.answer.length).toBe(outcome.filter((r) => r === 1).length);
  for (const [i, p] of kept.prompt.entries()) expect(kept.answer[i]).toBe(answerOf(drawn, p));
});

test('accuracies are expectations over both tokens', () => {
  const drawn = images(1);
  const [target] = drawn.target;
  const answer = answerOf(drawn, 0);
  const look = new Float64Array(26).fill(Number.NEGATIVE_INFINITY);
  look[target!] = Math.log(0.5);
  look[0] = Math.log(0.25);
  look[25] = Math.log(0.25);
  const rows = Array.from({ length: 5 }, (_, row) =>
    Float64Array.from({ length: 4 }, (_, a) => (a === row ? Math.log(0.7) : Math.log(0.1))),
  );
  rows[4]!.fill(Math.log(0.25));
  const found = accuracyOf({ look: [look], answer: rows }, drawn);
  const atBorder = drawn.colour[0] === answer ? 0.7 : 0.1;
  expect(found.point).toBeCloseTo(0.5, 14);
  expect(found.border).toBeCloseTo(0.25, 14);
  expect(found.grounded).toBeCloseTo(0.35, 14);
  expect(found.answer).toBeCloseTo(0.35 + 0.25 * atBorder + 0.25 * 0.25, 14);
  expect(ungrounded(found)).toBeCloseTo(1 - 0.35 / found.answer, 14);
});

test('the bounds of point and answer hold for every joint distribution and not for a number outside', () => {
  const weight = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(weight, weight, weight, weight, (both, onlyPoint, onlyAnswer, neither) => {
      const total = both + onlyPoint + onlyAnswer + neither;
      const [point, answer] = [(both + onlyPoint) / total, (both + onlyAnswer) / total];
      const joint = { point, answer, border: 0, grounded: both / total };
      expect(outsideBounds(joint)).toBeLessThan(8 * Number.EPSILON);
      expect(outsideBounds({ ...joint, grounded: Math.min(point, answer) + 0.01 })).toBeGreaterThan(0.009);
    }),
  );
});

const OPTIONS = parseOptions('argos', argos.options, argos.small);

async function run(seed: number, changed: Partial<typeof OPTIONS> = {}): Promise<LabSeed> {
  const steps = argos.measure({ ...OPTIONS, ...changed }, seed);
  let next = await steps.next();
  while (next.done !== true) next = await steps.next();
  return next.value;
}

function stands({ measured }: LabSeed, name: string): string {
  const check = [...argos.checks, ...argos.controls].find((one) => one.of === name)!;
  return standing([measured[name]!, measured[name]!], check.expects(OPTIONS));
}

test('one small seed stands where it must, and so do its controls', async () => {
  const seed = await run(1);
  for (const { of } of argos.checks) expect([of, stands(seed, of)]).toEqual([of, 'within']);
  for (const { of } of argos.controls) expect([of, stands(seed, of)]).toEqual([of, 'outside']);
  expect(seed.audit).toEqual([]);
  expect(new Set(Object.values(seed.series).map((column) => column.length)).size).toBe(1);
});

test('the same seed gives the same', async () => {
  const short = { steps: 20, evaluateEvery: 10 };
  expect(await run(2, short)).toEqual(await run(2, short));
});

test('planted: a verifier that knows no place of any object leaves the shortcut in use', async () => {
  expect(stands(await run(1, { annotated: 0, steps: 150 }), 'composedBorder')).toBe('outside');
});
