// Influence predicts what taking a token or a trajectory out of a step changes.
import { expect, test } from 'vitest';
import {
  checkStepSize,
  counterfactual,
  drawRemovals,
  groupsOf,
  splitByGroup,
  totalSeeds,
} from '../../../src/attribution/index.ts';
import { scope, tensor, useKernels } from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../../src/host/loadKernels.ts';
import { smallCase, smallGpt2 } from './small.ts';

useKernels(loadWasmKernelsSync());

const one = await smallCase(smallGpt2);
const { network, tokens, parameters, batch, objective, options, labels } = one;
const { offsets } = tokens;
const weights = totalSeeds(labels);
const { influence: byGroup } = await splitByGroup(
  { network, weights: one.weights, batch: tokens, labels, groups: groupsOf(network, 'layer') },
  { withoutTrajectories: true },
);
const influence = weights.map((_, t) => byGroup.reduce((sum, own) => sum + own[t]!, 0));
const objectiveAt = (logProb: Float64Array): number =>
  scope(() => -objective.loss(tensor(logProb), batch, options).readSync()[0]!);
const check = (of: Float64Array, eta: number) =>
  counterfactual(
    { network, parameters, batch: tokens, objectiveAt, weights, influence: of },
    drawRemovals(8, offsets, weights, randomStream(1, 'check')),
    eta,
  );

test('the prediction is of first order: the worst residual falls with the step, and the second-order term explains it', async () => {
  const eta = checkStepSize(influence);
  const [whole, half] = [await check(influence, eta), await check(influence, eta / 2)];
  expect(whole.n).toBe(8);
  expect(whole.correlation).toBeGreaterThan(0.99);
  expect(half.worst / whole.worst).toBeGreaterThan(0.4);
  expect(half.worst / whole.worst).toBeLessThan(0.6);
  // Third order by second: a quarter at half the step.
  expect(half.worstAfterSecondOrder / whole.worstAfterSecondOrder).toBeLessThan(0.35);
  expect(whole.worstAfterSecondOrder).toBeLessThan(whole.worst);
});

test('influences of other tokens do not predict', async () => {
  const shifted = influence.map((_, t) => influence[(t + 5) % influence.length]!);
  const { correlation, worst } = await check(shifted, checkStepSize(influence));
  expect(correlation).toBeLessThan(0.9);
  expect(worst).toBeGreaterThan(0.2);
});

test('removals are drawn among tokens with a weight, in turn with trajectories, none twice', () => {
  const some = weights.map((w, t) => (t < offsets[2]! ? w : 0));
  const drawn = drawRemovals(100, offsets, some, randomStream(2, 'check'));
  const tokensDrawn = drawn.filter(({ kind }) => kind === 'token').map(({ index }) => index);
  expect(tokensDrawn.toSorted((a, b) => a - b)).toEqual([...some.keys()].filter((t) => some[t] !== 0));
  expect(
    drawn
      .filter(({ kind }) => kind === 'trajectory')
      .map(({ index }) => index)
      .sort(),
  ).toEqual([0, 1]);
  expect(drawn.slice(0, 4).map(({ kind }) => kind)).toEqual(['token', 'trajectory', 'token', 'trajectory']);
});
