// C5b as statements over any field: the derivative of KL with respect to RESAMPLE logits, its slope in L, and losses that have none.
import { constant, repeat, times } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgesWhere } from '../../attribution/over/indices.ts';
import {
  gradientOf,
  isFirstToken,
  leafProbabilities,
  leavesBelow,
  meanOf,
  noReward,
  occupancyOf,
  reachOf,
  returnWeightsOf,
  sumAlongTrajectories,
  valuesOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import { RESAMPLE, STOP } from '../../policy/component.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { paddingDivergence } from '../shared/overMasses.ts';
import { attemptLength, rewardOfClasses, withoutPadding } from '../shared/overPadding.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';

/** The nodes of decisions, and the edges of both actions, in the order of the layers [decisions]. */
const decisions: (graph: TrajectoryGraph) => {
  readonly node: Int32Array;
  readonly stop: Int32Array;
  readonly resample: Int32Array;
} = memoised(({ layers }) => {
  const at = layers.flatMap(({ component, nodes, nodeStart, edgeStart }) =>
    component === 'decision'
      ? Array.from({ length: nodes }, (_, n) => ({ node: nodeStart + n, edge: edgeStart + 2 * n }))
      : [],
  );
  return {
    node: Int32Array.from(at, ({ node }) => node),
    stop: Int32Array.from(at, ({ edge }) => edge + STOP),
    resample: Int32Array.from(at, ({ edge }) => edge + RESAMPLE),
  };
});

/** The entries of a gradient [slots] on RESAMPLE logits [decisions]. */
function resampleEntries<A>({ field, graph }: PolicyOver<A>, gradient: A): A {
  return field.gather(
    gradient,
    decisions(graph).resample.map((e) => graph.slot[e]!),
  );
}

/** ρ(h)·π_R·π_S·(x(h,R) − x(h,S)) of every decision: [edges] → [decisions]. */
function resampleDerivative<A>(policy: PolicyOver<A>, perEdge: A): A {
  const { field, graph, prob } = policy;
  const { node, stop, resample } = decisions(graph);
  const both = field.mul(field.gather(prob, resample), field.gather(prob, stop));
  const gap = field.sub(field.gather(perEdge, resample), field.gather(perEdge, stop));
  return field.mul(field.mul(field.gather(occupancyOf(policy), node), both), gap);
}

/** Log-ratio and KL to go of every action [edges]. */
function klToGo<A>(policy: PolicyOver<A>): A {
  return valuesOf(policy, noReward(policy), policy.logRatio).q;
}

/** ρ π_R π_S·E[extra attempts | h, RESAMPLE] [decisions]. */
function extraAttempts<A>(policy: PolicyOver<A>): A {
  const { field, graph } = policy;
  const starts = new Set(
    edgesWhere(graph, (layer, i) => layer.component === 'sample' && isFirstToken(layer, graph.layers[i - 1])),
  );
  const one = field.from(Int32Array.from({ length: graph.edges }, (_, e) => (starts.has(e) ? 1 : 0)));
  return resampleDerivative(policy, valuesOf(policy, noReward(policy), one).q);
}

/** A direction that moves RESAMPLE logits alone, one free symbol for each decision [edges]. */
function alongResample<A>({ field, graph }: PolicyOver<A>, moves: A): A {
  const { resample } = decisions(graph);
  const place = new Int32Array(graph.edges).fill(resample.length);
  for (const [i, e] of resample.entries()) place[e] = i;
  return field.gather(field.concat([moves, constant(field, 0, 1)]), place);
}

function decisionCount(graph: TrajectoryGraph): number {
  return decisions(graph).node.length;
}

const closedForm: Statement = {
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

/** ρ π_R π_S·δ_K·E[extra attempts] of every class [decisions]. */
function slopeOf<A>(policy: PolicyOver<A>, short: PolicyOver<A>): A {
  const { field, graph } = policy;
  return field.mul(extraAttempts(short), repeat(field, paddingDivergence(policy), decisionCount(graph)));
}

const slope: Statement = {
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

const pullOfReward: Statement = {
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

/** ρ(h)·(π·slope of a token-summed loss)(a|h) [edges]: k2 has log-ratio, k3 has 1 − π_ref/π. */
function tokenLoss<A>(policy: PolicyOver<A>, estimator: 'k2' | 'k3'): A {
  const { field, refProb, logRatio } = policy;
  const reach = reachOf(policy);
  if (estimator === 'k2') return resampleEntries(policy, gradientOf(policy, field.mul(reach, logRatio)));
  const under = field.mul(reach, field.div(refProb, policy.prob));
  return resampleEntries(policy, gradientOf(policy, field.sub(reach, under)));
}

function noSlope(estimator: 'k2' | 'k3'): Statement {
  return {
    name: `counter-example: the token-summed ${estimator} loss has no slope in L`,
    kind: 'identity',
    place: 'padding',
    readsLogs: estimator === 'k2',
    sides: (policy) => ({
      left: tokenLoss(policy, estimator),
      right: tokenLoss(withoutPadding(policy), estimator),
    }),
  };
}

const sequenceK2: Statement = {
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
const perSegment: Statement = {
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
    name: 'token-level k3 has the slope',
    mistake: 'The token-summed k3 loss has the slope ρ π_R π_S·δ_K·E[extra attempts].',
    kind: 'identity',
    place: 'padding',
    readsLogs: true,
    sides: (policy) => {
      const { field, graph } = policy;
      const short = withoutPadding(policy);
      const atOne = tokenLoss(short, 'k3');
      const extra = attemptLength(graph) - 1;
      if (extra === 0) return { left: tokenLoss(policy, 'k3'), right: atOne };
      const grown = times(field, slopeOf(policy, short), new Int32Array(decisionCount(graph)).fill(extra));
      return { left: tokenLoss(policy, 'k3'), right: field.add(atOne, grown) };
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
    pullOfReward,
    noSlope('k2'),
    noSlope('k3'),
    sequenceK2,
    atReference,
    perSegment,
  ],
  controls,
  outside: [
    {
      name: 'the local term may decide the sign at small L',
      reason:
        'It says that some policies have one sign and some the other; `verify` counts them in twenty families.',
    },
    {
      name: 'under 1/|o| token-level losses decay like 1/L',
      reason: 'It is a statement about a limit in L, which `verify` bounds at L = 1000.',
    },
  ],
};
