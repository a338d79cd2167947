// C5b for token-summed k2 and k3 as losses: no slope in L, and under 1/|o| a decay like 1/L with its constant.
import { dividedBy, times } from '../../attribution/over/arithmetic.ts';
import { leafLengths } from '../../attribution/over/indices.ts';
import { gradientOf, reachOf, valuesOf } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { decisionCount, resampleEntries, slopeOf } from '../shared/overDecisions.ts';
import { attemptLength, withoutPadding } from '../shared/overPadding.ts';
import type { Statement, WrongStatement } from '../statement.ts';

type Estimator = 'k2' | 'k3';

/** ρ(h)·(π·slope of a token-summed loss)(a|h) [edges]: k2 has log-ratio, k3 has 1 − π_ref/π. */
function weights<A>(policy: PolicyOver<A>, estimator: Estimator): A {
  const { field, prob, refProb, logRatio } = policy;
  if (estimator === 'k2') return field.mul(reachOf(policy), logRatio);
  // Division first: degrees know that it cancels with π where π is known to be a divisor.
  const quotient = field.div(refProb, prob);
  const reach = reachOf(policy);
  return field.sub(reach, field.mul(reach, quotient));
}

/** The entries of the loss's gradient on RESAMPLE logits; each token counts with what its trajectory has [leaves] in expectation. */
function entries<A>(policy: PolicyOver<A>, estimator: Estimator, leaf?: A): A {
  const own = weights(policy, estimator);
  const weight = leaf === undefined ? own : policy.field.mul(own, valuesOf(policy, leaf).q);
  return resampleEntries(policy, gradientOf(policy, weight));
}

/** Token-summed losses have one derivative for every L. */
export function noSlope(estimator: Estimator): Statement {
  return {
    name: `counter-example: the token-summed ${estimator} loss has no slope in L`,
    kind: 'identity',
    place: 'padding',
    readsLogs: estimator === 'k2',
    sides: (policy) => ({
      left: entries(policy, estimator),
      right: entries(withoutPadding(policy), estimator),
    }),
  };
}

/** The number of attempts of every trajectory [leaves]. */
const leafAttempts: (graph: TrajectoryGraph) => Int32Array = memoised(({ layers, leaves }) => {
  const attempts = new Int32Array(leaves);
  for (const { attempt, leafStart, terminal } of layers) {
    attempts.fill(attempt + 1, leafStart, leafStart + terminal.length);
  }
  return attempts;
});

/**
 * Σ_m c_m·n_m/d_m of integers, with c_m the entries of trajectories of m attempts at L = 1 [decisions]: they are linear in what each
 * trajectory counts with, so that one pass with n_m/d_m on every trajectory of m attempts has the sum over all m.
 */
function weighted<A>(
  short: PolicyOver<A>,
  estimator: Estimator,
  fractionOf: (attempts: number, most: number) => readonly [numerator: number, denominator: number],
): A {
  const { field, graph } = short;
  const most = graph.layers.at(-1)!.attempt + 1;
  const attempts = leafAttempts(graph);
  const numerators = field.from(attempts.map((m) => fractionOf(m, most)[0]));
  const fractions = dividedBy(
    field,
    numerators,
    attempts.map((m) => fractionOf(m, most)[1]),
  );
  return entries(short, estimator, fractions);
}

/** Under 1/|o| the entries of the loss of a member. */
function overLength<A>(policy: PolicyOver<A>, estimator: Estimator): A {
  const { field, graph } = policy;
  return entries(policy, estimator, dividedBy(field, field.ones(graph.leaves), leafLengths(graph)));
}

/** |o| of a trajectory of m of K attempts: each but the last one of K ends with a decision. */
function lengthOf(attempts: number, most: number, length: number): number {
  return attempts * (length + 1) - (attempts === most ? 1 : 0);
}

function perLength(estimator: Estimator): Statement {
  return {
    name: `under 1/|o| the derivative of the token-summed ${estimator} loss is Σ_m c_m/|o_m|, with |o_m| = m(L+1) − [m = K] and c_m that of m attempts at L = 1`,
    kind: 'identity',
    place: 'padding',
    readsLogs: estimator === 'k2',
    sides: (policy) => {
      const short = withoutPadding(policy);
      const length = attemptLength(policy.graph);
      const right = weighted(short, estimator, (m, most) => [1, lengthOf(m, most, length)]);
      return { left: overLength(policy, estimator), right };
    },
  };
}

function limit(estimator: Estimator): Statement {
  return {
    name: `under 1/|o| L times the derivative of the token-summed ${estimator} loss is Σ_m c_m/m up to Σ_m |c_m|/(m·L): it decays like 1/L`,
    kind: 'identity',
    place: 'padding',
    readsLogs: estimator === 'k2',
    because: 'L·d(L) − Σ_m c_m/m = Σ_m c_m·([m = K] − m)/(m·|o_m|), and |o_m| ≥ m·L. No c_m depends on L.',
    sides: (policy) => {
      const { field, graph } = policy;
      const short = withoutPadding(policy);
      const length = attemptLength(graph);
      const grown = times(
        field,
        overLength(policy, estimator),
        new Int32Array(decisionCount(graph)).fill(length),
      );
      return {
        left: field.sub(
          grown,
          weighted(short, estimator, (m) => [1, m]),
        ),
        right: weighted(short, estimator, (m, most) => {
          const size = lengthOf(m, most, length);
          return [m * length - size, m * size];
        }),
      };
    },
  };
}

/** What C5b says of losses summed over tokens. */
export const tokenLossStatements: readonly Statement[] = [
  noSlope('k2'),
  noSlope('k3'),
  perLength('k2'),
  perLength('k3'),
  limit('k2'),
  limit('k3'),
];

/** Wrong statements about them. */
export const tokenLossControls: readonly WrongStatement[] = [
  {
    name: 'token-level k3 has the slope',
    mistake: 'The token-summed k3 loss has the slope ρ π_R π_S·δ_K·E[extra attempts].',
    kind: 'identity',
    place: 'padding',
    readsLogs: true,
    sides: (policy) => {
      const { field, graph } = policy;
      const short = withoutPadding(policy);
      const atOne = entries(short, 'k3');
      const extra = attemptLength(graph) - 1;
      if (extra === 0) return { left: entries(policy, 'k3'), right: atOne };
      const grown = times(field, slopeOf(policy, short), new Int32Array(decisionCount(graph)).fill(extra));
      return { left: entries(policy, 'k3'), right: field.add(atOne, grown) };
    },
  },
  {
    name: 'no decay under 1/|o|',
    mistake: 'Under 1/|o| the token-summed k3 loss is free of L, too.',
    kind: 'identity',
    place: 'padding',
    sides: (policy) => ({
      left: overLength(policy, 'k3'),
      right: overLength(withoutPadding(policy), 'k3'),
    }),
  },
  {
    name: 'exactly like 1/L',
    mistake: 'Under 1/|o| L times the derivative of the token-summed k3 loss is free of L.',
    kind: 'identity',
    place: 'padding',
    sides: (policy) => {
      const { field, graph } = policy;
      const grown = new Int32Array(decisionCount(graph)).fill(attemptLength(graph));
      return {
        left: times(field, overLength(policy, 'k3'), grown),
        right: overLength(withoutPadding(policy), 'k3'),
      };
    },
  },
];
