// Policies that tests draw: over all small shapes, with target and table rewards, narrow and wide logits.
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import type { PolicyShape } from '../../src/policy/shape.ts';
import type { PolicyLogits, TableReward, TabularPolicy, TargetReward } from '../../src/policy/tabular.ts';
import { historyKeys } from './bruteForce.ts';

/** Σ_k V^(kL). */
export function trajectoriesOf({ attempts, length, vocabulary }: PolicyShape): number {
  let count = 0;
  for (let k = 1; k <= attempts; k++) count += vocabulary ** (k * length);
  return count;
}

/** Shapes of attempts 1–4, length 1–3, vocabulary 2–4 with at most `most` trajectories. */
export function shapesUpTo(most: number): PolicyShape[] {
  const shapes: PolicyShape[] = [];
  for (let attempts = 1; attempts <= 4; attempts++) {
    for (let length = 1; length <= 3; length++) {
      for (let vocabulary = 2; vocabulary <= 4; vocabulary++) shapes.push({ attempts, length, vocabulary });
    }
  }
  return shapes.filter((shape) => trajectoriesOf(shape) <= most);
}

function drawLogits(shape: PolicyShape, random: RandomStream, width: number): PolicyLogits {
  const draw = (rows: number, arity: number): Float64Array =>
    Float64Array.from({ length: rows * arity }, () => width * random.normal());
  return {
    sample: draw(historyKeys(shape, 'sample').length, shape.vocabulary),
    decision: draw(historyKeys(shape, 'decision').length, 2),
  };
}

/** A policy of a shape: even seeds have a target reward with a cost, odd seeds a reward table; logits of std 0.5 to 2. */
export function drawPolicy(shape: PolicyShape, seed: number): TabularPolicy {
  const random = randomStream(seed, 'tests/policies');
  const width = [0.5, 1, 2][seed % 3]!;
  const values = Float64Array.from({ length: trajectoriesOf(shape) }, () => random.normal());
  const target = Array.from({ length: shape.length }, () => random.integer(shape.vocabulary));
  const reward: TargetReward | TableReward =
    seed % 2 === 0
      ? { kind: 'target', target, attemptCost: random.uniform() - 0.2 }
      : { kind: 'table', values };
  return {
    shape,
    reward,
    logits: drawLogits(shape, random, width),
    reference: drawLogits(shape, random, width),
  };
}

/** The i-th of many policies over the shapes with at most `most` trajectories. */
export function nthPolicy(i: number, most = 400): TabularPolicy {
  const shapes = shapesUpTo(most);
  return drawPolicy(shapes[i % shapes.length]!, i);
}
