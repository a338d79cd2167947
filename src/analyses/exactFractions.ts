// What `exact --exact` says of a policy that was given by odds: every number that is a fraction, as one.
import type { Fraction } from '../algebra/fraction.ts';
import type { RationalArray } from '../algebra/rationals.ts';
import { rationalField as field } from '../algebra/rationals.ts';
import { squared } from '../attribution/over/arithmetic.ts';
import {
  advantagesOf,
  expectedAttemptsOf,
  gradientOf,
  reachOf,
  returnWeightsOf,
  sumsByComponent,
  valuesOf,
} from '../attribution/over/quantities.ts';
import { policyInRationals } from '../attribution/over/rationals.ts';
import { occupancy } from '../attribution/recursions.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import type { PolicyOdds, TabularPolicy } from '../policy/tabular.ts';

/** A gradient with respect to the logits, in the order of the logits. */
export type ExactGradient = PolicyOdds;

/** The fractions of a policy. */
export interface ExactFractions {
  readonly expectedAttempts: Fraction;
  readonly reward: {
    readonly mean: Fraction;
    readonly variance: Fraction;
    readonly varianceSample: Fraction;
    readonly varianceDecision: Fraction;
    readonly gradient: ExactGradient;
  };
  readonly forwardKl: { readonly gradient: ExactGradient };
}

/** What has logarithms or roots in it, and stays float64. */
export const FLOAT_QUANTITIES: readonly string[] = [
  'reward.gradientNorm',
  'kl',
  'forwardKl.value',
  'estimators',
  'regularised',
  'objective',
];

function split({ sampleSlots }: TrajectoryGraph, table: RationalArray): ExactGradient {
  return { sample: table.slice(0, sampleSlots), decision: table.slice(sampleSlots) };
}

/**
 * Computes E[R], Var(R) and its parts, E[attempts], ∇E[R] and ∇KL(reference‖π) in ℚ.
 * @param source the name of the policy in messages
 * @throws InputError if the policy or its reference was given by logits, or if fractions become too long
 */
export function exactFractions(policy: TabularPolicy, source: string): ExactFractions {
  const exact = policyInRationals(policy, source);
  const { graph, reward, refProb } = exact;
  const { v } = valuesOf(exact, reward);
  const budget = sumsByComponent(
    exact,
    field.mul(reachOf(exact), squared(field, advantagesOf(exact, reward))),
  );
  const variance = field.segmentSum(budget, new Int32Array(2), 1);
  const [attempts] = expectedAttemptsOf(exact);
  const zeros = field.from(new Float64Array(graph.edges));
  const forward = field.sub(zeros, occupancy(field, graph, refProb).edge);
  return {
    expectedAttempts: attempts!,
    reward: {
      mean: v[0]!,
      variance: variance[0]!,
      varianceSample: budget[0]!,
      varianceDecision: budget[1]!,
      gradient: split(graph, gradientOf(exact, returnWeightsOf(exact, reward))),
    },
    forwardKl: { gradient: split(graph, gradientOf(exact, forward)) },
  };
}
