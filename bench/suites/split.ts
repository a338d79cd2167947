// The split gradient: a step that keeps the gradients of several labels apart, as a ratio to a plain step of equal weights,
// measured in turn. Tokens 7, 15, 23 and 31 of a sequence are decisions, the others sampled. Quarters are tokens 0 to 7, 8 to 15 and
// so on: the first three end early.
import { randomStream } from '../../src/base/random.ts';
import type { Kernels } from '../../src/kernels/index.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { configOf, judgeGradient, type TokenWeights, tokensOf, trainingStep } from './step.ts';

const WIDTH = 128;
const DECISION_EVERY = 8;

/** A weight per token and term, of either sign as advantages have: sums over what is named are the plain step's weights. */
function termWeights(term: string): Float64Array {
  const random = randomStream(1, `weights ${term}`);
  const tokens = tokensOf(configOf(WIDTH));
  return Float64Array.from({ length: tokens }, () => random.normal() / tokens);
}

const TERMS = { reward: termWeights('reward'), kl: termWeights('kl') } as const;

/** The weights of one component's tokens, 0 elsewhere. */
function ofComponent(weights: Float64Array, component: 'sample' | 'decision'): Float64Array {
  const isDecision = (token: number): boolean => token % DECISION_EVERY === DECISION_EVERY - 1;
  return weights.map((w, token) => (isDecision(token) === (component === 'decision') ? w : 0));
}

function sumOf(weights: TokenWeights): TokenWeights {
  return { total: Object.values(weights).reduce((sum, w) => sum.map((x, i) => x + w[i]!)) };
}

/** The weights of a quarter's tokens, 0 elsewhere. */
function ofQuarter(weights: Float64Array, quarter: number): Float64Array {
  return weights.map((w, token) => (Math.floor(token / DECISION_EVERY) % 4 === quarter ? w : 0));
}

/** Sample and decision; each of them by term; and by place. */
const LABELS: Readonly<Record<string, TokenWeights>> = {
  'two components': {
    sample: ofComponent(TERMS.reward, 'sample'),
    decision: ofComponent(TERMS.reward, 'decision'),
  },
  'component x term': {
    'sample reward': ofComponent(TERMS.reward, 'sample'),
    'sample kl': ofComponent(TERMS.kl, 'sample'),
    'decision reward': ofComponent(TERMS.reward, 'decision'),
    'decision kl': ofComponent(TERMS.kl, 'decision'),
  },
  'four quarters': Object.fromEntries(
    [0, 1, 2, 3].map((quarter) => [`quarter ${quarter}`, ofQuarter(TERMS.reward, quarter)]),
  ),
};

/**
 * The least ratio the arithmetic of two blocks allows, the way back counting twice the way forward. Rows of two components
 * are disjoint until attention mixes them: query, output and MLP of the top block, 10 of 12 parts, cost what a plain step
 * pays, key and value k times as much, and below everything k times. Terms of one row share its score's cotangent and need
 * only the weights' products again: with t terms a component, (1 + t)/2 of the plain price.
 * @param reached how many times over the labels reach a sequence from its beginning to their last tokens
 */
function leastRatio(reached: number, terms: number): number {
  const top = (10 * (1 + terms)) / 2 / 12 + (2 * reached) / 12;
  return (1 + 2 * ((top + reached) / 2)) / 3;
}

function prepare(kernels: Kernels, weights: TokenWeights): PreparedCase {
  const config = configOf(WIDTH);
  const split = trainingStep(kernels, config, weights);
  const plain = trainingStep(kernels, config, sumOf(weights));
  return {
    run: split.run,
    against: plain.run,
    // The parts of a split gradient, added up …
    output: split.lossAndGradient,
    // … are the plain gradient.
    judge() {
      const expected = plain.lossAndGradient();
      return (found) => judgeGradient(split.model, expected, found);
    },
    release() {
      split.release();
      plain.release();
    },
  };
}

function splitCase(name: string, reached: number, terms: number): BenchCase {
  return {
    name: `f32 d=${WIDTH} ${name}`,
    measure: { unit: 'ratio', least: leastRatio(reached, terms) },
    prepare: (kernels) => prepare(kernels, LABELS[name]!),
  };
}

/** A quarter of the sequence, two, three and all of it. */
const QUARTERS = 10 / 4;

/** Names: which labels are kept apart. The value is the time of a split step over that of a plain one: less is better. */
export const split: Suite = {
  name: 'split',
  sentence: 'a training step whose gradient is split by label, over a plain step of equal weights',
  cases: [
    splitCase('two components', 2, 1),
    splitCase('component x term', 4, 2),
    splitCase('four quarters', QUARTERS, 1),
  ],
  ceilingHow:
    'split: the least ratio that the arithmetic of two blocks allows, ' +
    `${leastRatio(2, 1).toFixed(2)} for two components, ${leastRatio(4, 2).toFixed(2)} for component × term and ` +
    `${leastRatio(QUARTERS, 1).toFixed(2)} for four quarters`,
  explain: () => [
    'One pullback with a cotangent per label; the gradients of the labels are added up for the optimiser.',
  ],
};
