// C5b as statements over any field: the derivative of KL with respect to RESAMPLE logits, its slope in L, and losses that have none.
import { constant, repeat, times } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgesWhere } from '../../attribution/over/indices.ts';
import {
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  noReward,
  returnWeightsOf,
  sumAlongTrajectories,
  valuesOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import {
  alongResample,
  decisionCount,
  klToGo,
  resampleDerivative,
  resampleEntries,
  slopeOf,
} from '../shared/overDecisions.ts';
import { attemptLength, rewardOfClasses, withoutPadding } from '../shared/overPadding.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';
import { signAtOne, signStatements } from './sign.ts';
import { tokenLossControls, tokenLossStatements } from './tokenLosses.ts';

/** The derivative of KL by the logit of RESAMPLE. */
export const closedForm: Statement = {
  name: '∂KL/∂ℓ_R(h) = ρ π_R π_S [Δ log-ratio + KLtogo(R) − KLtogo(S)], at every history',
  kind: 'identity',
  readsLogs: true,
  symbols: (graph) => ({ moves: decisionCount(graph) }),
  sides: (policy, { moves }) => {
    const { field, graph } = policy;
    const n = decisionCount(graph);
    const moved = directional(policy, alongResample(policy, moves!));
    const terms = field.mul(resampleDerivative(policy, klToGo(policy)), moves!);
    return {
      left: meanOf(moved, noReward(moved), moved.logRatio).slope,
      right: field.segmentSum(terms, new Int32Array(n), 1),
    };
  },
};

/** The derivative at L = 1, and (L − 1) times a slope of every class [decisions]. */
function affine<A>(policy: PolicyOver<A>, slope: (short: PolicyOver<A>) => A): A {
  const { field, graph } = policy;
  const short = withoutPadding(policy);
  const atOne = resampleDerivative(short, klToGo(short));
  const extra = attemptLength(graph) - 1;
  if (extra === 0) return atOne;
  const n = decisionCount(graph);
  return field.add(atOne, times(field, slope(short), new Int32Array(n).fill(extra)));
}

/** The derivative is affine in L. */
export const slope: Statement = {
  name: 'slope in L = ρ π_R π_S·δ_K·E[extra attempts | h, RESAMPLE]',
  kind: 'identity',
  place: 'padding',
  readsLogs: true,
  sides: (policy) => ({
    left: resampleEntries(
      policy,
      gradientOf(policy, returnWeightsOf(policy, noReward(policy), policy.logRatio)),
    ),
    right: affine(policy, (short) => slopeOf(policy, short)),
  }),
};

const step: Statement = {
  name: 'for all L: one padding token more adds δ_K·(attempts to go) to KL to go of either decision',
  kind: 'induction',
  place: 'step',
  readsLogs: true,
  symbols: ({ leaves }) => ({ klAfter: leaves, attemptsAfter: leaves, delta: 1 }),
  because:
    'Base: at the end of an episode KL to go and attempts to go are 0. Step: if every continuation’s KL to go grows from KL(h′) to KL(h′) + ' +
    'δ_K·attempts(h′), that of h grows by δ_K times its own attempts to go. The derivative of a RESAMPLE logit is ρ π_R π_S times a difference of ' +
    'two of these.',
  sides: (policy, { klAfter, attemptsAfter, delta }) => {
    const { field, graph, logRatio } = policy;
    const more = field.mul(repeat(field, delta!, graph.leaves), attemptsAfter!);
    const grown = meanOf(policy, field.add(klAfter!, more), logRatio);
    const attempts = meanOf(policy, attemptsAfter!);
    const before = meanOf(policy, klAfter!, logRatio);
    return { left: grown, right: field.add(before, field.mul(delta!, attempts)) };
  },
};

/** The reward pulls alike at every L. */
export const pullOfReward: Statement = {
  name: 'the reward’s pull ρ π_R π_S [Q_R − Q_S] is free of L',
  kind: 'identity',
  place: 'padding',
  sides: (policy) => {
    const paid = rewardOfClasses(policy);
    const short = withoutPadding(paid);
    return {
      left: resampleEntries(paid, gradientOf(paid, returnWeightsOf(paid, paid.reward))),
      right: resampleDerivative(short, valuesOf(short, short.reward).q),
    };
  },
};

/** Sequence-level k2 as a loss. */
export const sequenceK2: Statement = {
  name: 'sequence-level k2 as a loss has the same derivative, at every history',
  kind: 'identity',
  readsLogs: true,
  sides: (policy) => {
    const { field, logRatio } = policy;
    const leaf = field.mul(leafProbabilities(policy), sumAlongTrajectories(policy, logRatio));
    return {
      left: resampleEntries(policy, gradientOf(policy, leavesBelow(policy, leaf))),
      right: resampleDerivative(policy, klToGo(policy)),
    };
  },
};

const atReference: Statement = {
  name: 'at θ = θ_ref the derivative vanishes, at every history',
  kind: 'identity',
  symbols: (graph) => ({ moves: decisionCount(graph) }),
  sides: (policy, { moves }) => {
    const { field, graph, prob } = policy;
    const same = { ...policy, refProb: prob, logRatio: constant(field, 0, graph.edges) };
    const moved = directional(same, alongResample(policy, moves!));
    return { left: meanOf(moved, noReward(moved), moved.logRatio).slope, right: constant(field, 0, 1) };
  },
};

/** L times the derivative with sample terms averaged over the L tokens of an attempt: their log-ratios, and L times those of decisions. */
export const perSegment: Statement = {
  name: 'per-segment mean: L·derivative is affine in L with the decisions’ own term and δ_K as slope: no growth, a transient of 1/L',
  kind: 'identity',
  place: 'padding',
  readsLogs: true,
  sides: (policy) => {
    const { field, graph, logRatio } = policy;
    const length = attemptLength(graph);
    const weightOf = (p: PolicyOver<typeof logRatio>, times_: number): Int32Array => {
      const sample = new Set(edgesWhere(p.graph, ({ component }) => component === 'sample'));
      return Int32Array.from({ length: p.graph.edges }, (_, e) => (sample.has(e) ? 1 : times_));
    };
    const derivative = (p: PolicyOver<typeof logRatio>, factor: number): typeof logRatio => {
      const ratio = times(field, p.logRatio, weightOf(p, factor));
      return resampleDerivative(p, valuesOf(p, noReward(p), ratio).q);
    };
    const short = withoutPadding(policy);
    const first = derivative(short, length);
    if (length === 1) return { left: derivative(policy, 1), right: first };
    const extra = times(field, slopeOf(policy, short), new Int32Array(decisionCount(graph)).fill(length - 1));
    return { left: derivative(policy, length), right: field.add(first, extra) };
  },
};

const controls: readonly WrongStatement[] = [
  {
    name: 'no slope',
    mistake: 'The derivative of KL is free of L.',
    kind: 'identity',
    place: 'padding',
    readsLogs: true,
    sides: (policy) => {
      const short = withoutPadding(policy);
      return {
        left: resampleDerivative(policy, klToGo(policy)),
        right: resampleDerivative(short, klToGo(short)),
      };
    },
  },
  {
    name: 'no KL to go',
    mistake: 'Only the decision’s own log-ratios count: ∂KL/∂ℓ_R(h) = ρ π_R π_S·Δ log-ratio.',
    kind: 'identity',
    readsLogs: true,
    sides: (policy) => ({
      left: resampleDerivative(policy, klToGo(policy)),
      right: resampleDerivative(policy, policy.logRatio),
    }),
  },
];

/** The statements of C5b. */
export const c5bStatements: ClaimStatements = {
  id: 'C5b',
  statements: [
    closedForm,
    slope,
    step,
    ...signStatements,
    pullOfReward,
    ...tokenLossStatements,
    sequenceK2,
    atReference,
    perSegment,
  ],
  controls: [...controls, ...tokenLossControls],
  outside: [],
  eitherWay: [signAtOne],
};
