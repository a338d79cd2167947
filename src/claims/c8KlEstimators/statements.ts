// C8 as statements over any field: what k1, k2 and k3 estimate, and what they differentiate to. Log-ratios are free symbols, and
// e^{−r} is π_ref/π.
import { constant, dividedBy, repeat, squared, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import {
  atEdges,
  gradientOf,
  leafProbabilities,
  leavesBelow,
  meanOf,
  noReward,
  occupancyOf,
  reachOf,
  returnWeightsOf,
  scoresAlong,
  sumAlongTrajectories,
  sumOverActions,
  valuesOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { alongTrajectories, occupancy } from '../../attribution/recursions.ts';
import type {
  ClaimStatements,
  EnclosedQuantity,
  Sides,
  SidesOver,
  Statement,
  WrongStatement,
} from '../statement.ts';

/** π(τ), π_ref(τ) and r(τ) = Σ_t log-ratio of every trajectory of a tree [leaves]. */
function leaves<A>(policy: PolicyOver<A>): { readonly p: A; readonly q: A; readonly r: A } {
  const { field, graph, refProb, logRatio } = policy;
  return {
    p: leafProbabilities(policy),
    q: alongTrajectories(field, graph, refProb),
    r: sumAlongTrajectories(policy, logRatio),
  };
}

/** KL(π‖π_ref) by the chain rule [1]. */
export function klOf<A>(policy: PolicyOver<A>): A {
  return meanOf(policy, noReward(policy), policy.logRatio);
}

/** ∇KL(π‖π_ref) = E[Σ_t u_t·Σ_{s≥t} log-ratio_s] [slots]. */
function klGradientOf<A>(policy: PolicyOver<A>): A {
  return gradientOf(policy, returnWeightsOf(policy, noReward(policy), policy.logRatio));
}

/** ∇KL(π_ref‖π) = −E_ref[Σ_t u_t] [slots]. */
function forwardKlGradient<A>(policy: PolicyOver<A>): A {
  const { field, graph, refProb } = policy;
  const { edge } = occupancy(field, graph, refProb);
  return gradientOf(policy, field.sub(constant(field, 0, graph.edges), edge));
}

/** The gradient of leaf weights π(τ)·w(τ), given as such [leaves] → [slots]. */
function ofLeaves<A>(policy: PolicyOver<A>, weight: A): A {
  return gradientOf(policy, leavesBelow(policy, weight));
}

/** π(τ)·k3(τ) = π_ref − π + π·r [leaves]. */
function weightedK3<A>(policy: PolicyOver<A>): A {
  const { field } = policy;
  const { p, q, r } = leaves(policy);
  return field.add(field.sub(q, p), field.mul(p, r));
}

/** π(a|h)·k3 of every token [edges]. */
function weightedTokenK3<A>({ field, prob, refProb, logRatio }: PolicyOver<A>): A {
  return field.add(field.sub(refProb, prob), field.mul(prob, logRatio));
}

/** ρ(h)·x(h,a) [edges]. */
function underOccupancy<A>(policy: PolicyOver<A>, perEdge: A): A {
  return policy.field.mul(atEdges(policy, occupancyOf(policy)), perEdge);
}

/** Token k3 as a loss: ρ(h)·(π − π_ref)(a|h), since its slope is 1 − e^{−δ} [slots]. */
function tokenK3Loss<A>(policy: PolicyOver<A>): A {
  const { field, prob, refProb } = policy;
  return gradientOf(policy, underOccupancy(policy, field.sub(prob, refProb)));
}

/** Token k3 as reward-to-go [slots]: its own estimate and the expected estimates of all later tokens. */
function tokenK3ToGo<A>(policy: PolicyOver<A>): A {
  const { field } = policy;
  const weighted = weightedTokenK3(policy);
  const perNode = atEdges(policy, sumOverActions(policy, weighted));
  const later = field.sub(valuesOf(policy, noReward(policy), perNode).q, perNode);
  const weight = field.add(underOccupancy(policy, weighted), field.mul(reachOf(policy), later));
  return gradientOf(policy, weight);
}

/** A statement about gradients or values that reads log-ratios. */
function about(name: string, sides: SidesOver): Statement {
  return { name, kind: 'identity', readsLogs: true, sides };
}

/** A statement that reads no log-ratios. */
function without(name: string, sides: SidesOver): Statement {
  return { name, kind: 'identity', sides };
}

function wrong(name: string, mistake: string, sides: SidesOver): WrongStatement {
  return { name, mistake, kind: 'identity', readsLogs: true, sides };
}

function zero<A>({ field, graph }: PolicyOver<A>): A {
  return constant(field, 0, graph.slots);
}

/** E[k] of leaf terms π(τ)·k(τ) [1]. */
function summed<A>({ field, graph }: PolicyOver<A>, terms: A): A {
  return total(field, terms, graph.leaves);
}

/** ∂KL along a direction by dual numbers, and by the closed form. */
const derivative: Statement = {
  name: '∇KL(π‖π_ref) = E[Σ_t u_t Σ_{s≥t} log-ratio_s]: dual numbers against the closed form',
  kind: 'identity',
  readsLogs: true,
  symbols: ({ edges }) => ({ direction: edges }),
  sides: (policy, { direction }) => {
    const { field, graph } = policy;
    const weight = returnWeightsOf(policy, noReward(policy), policy.logRatio);
    const terms = field.mul(weight, scoresAlong(policy, direction!));
    return {
      left: klOf(directional(policy, direction!)).slope,
      right: total(field, terms, graph.edges),
    };
  },
};

/** ∂KL(π_ref‖π) = −∂E_ref[Σ log-ratio] along a direction, and the closed form. */
const forwardDerivative: Statement = {
  name: '∇KL(π_ref‖π) = −E_ref[Σ_t u_t]: dual numbers against the closed form',
  kind: 'identity',
  readsLogs: true,
  symbols: ({ edges }) => ({ direction: edges }),
  sides: (policy, { direction }) => {
    const { field, graph, refProb } = policy;
    const moved = directional(policy, direction!);
    const value = klOf({ ...moved, prob: moved.refProb });
    const { edge } = occupancy(field, graph, refProb);
    const terms = field.mul(edge, scoresAlong(policy, direction!));
    return { left: value.slope, right: total(field, terms, graph.edges) };
  },
};

const step: Statement = {
  name: 'for all K and L: token-level k3, reward-to-go plus loss, has ∂KL(π‖π_ref)',
  kind: 'induction',
  place: 'step',
  readsLogs: true,
  symbols: ({ edges, leaves: after }) => ({ direction: edges, klAfter: after, gradientAfter: after }),
  because:
    'Base: at the end of an episode no token follows, and both are 0. Step: KL to go after h and its derivative are free symbols of every ' +
    'continuation, and so is the expected k3 to go, which is that KL.',
  sides: (policy, { direction, klAfter, gradientAfter }) => {
    const { field, graph, prob, refProb } = policy;
    const moved = directional(policy, direction!);
    const value = meanOf(moved, { value: klAfter!, slope: gradientAfter! }, moved.logRatio);
    const score = scoresAlong(policy, direction!);
    const own = field.add(weightedTokenK3(policy), field.sub(prob, refProb));
    const terms = field.add(
      field.mul(own, score),
      field.mul(prob, field.add(field.mul(klAfter!, score), gradientAfter!)),
    );
    return { left: value.slope, right: total(field, terms, graph.edges) };
  },
};

/** What each estimator estimates, and what it differentiates to. */
export const estimates = {
  k1Value: about('value of k1: unbiased for KL(π‖π_ref)', (policy) => {
    const { p, r } = leaves(policy);
    return { left: summed(policy, policy.field.mul(p, r)), right: klOf(policy) };
  }),
  k3Value: about('value of k3: unbiased for KL(π‖π_ref)', (policy) => ({
    left: summed(policy, weightedK3(policy)),
    right: klOf(policy),
  })),
  tokenK3Value: about('value of token-level k3: unbiased for KL(π‖π_ref)', (policy) => ({
    left: total(policy.field, underOccupancy(policy, weightedTokenK3(policy)), policy.graph.edges),
    right: klOf(policy),
  })),
  k1Loss: without('k1 as a loss: zero', (policy) => ({
    left: ofLeaves(policy, leaves(policy).p),
    right: zero(policy),
  })),
  tokenK1Loss: without('token-level k1 as a loss: zero', (policy) => ({
    left: gradientOf(policy, reachOf(policy)),
    right: zero(policy),
  })),
  k2Loss: about('k2 as a loss: ∇KL(π‖π_ref)', (policy) => {
    const { p, r } = leaves(policy);
    return { left: ofLeaves(policy, policy.field.mul(p, r)), right: klGradientOf(policy) };
  }),
  k3Loss: without('k3 as a loss: ∇KL(π_ref‖π)', (policy) => {
    const { field, graph, refProb } = policy;
    const p = leafProbabilities(policy);
    const q = alongTrajectories(field, graph, refProb);
    return { left: ofLeaves(policy, field.sub(p, q)), right: forwardKlGradient(policy) };
  }),
  tokenK3Loss: without('token-level k3 as a loss: the forward KL under π’s occupancy', (policy) => {
    const { field, graph, refProb } = policy;
    const minus = field.sub(constant(field, 0, graph.edges), refProb);
    return { left: tokenK3Loss(policy), right: gradientOf(policy, underOccupancy(policy, minus)) };
  }),
  k1Reward: about('k1 in the reward: ∇KL(π‖π_ref)', (policy) => {
    const { p, r } = leaves(policy);
    return { left: ofLeaves(policy, policy.field.mul(p, r)), right: klGradientOf(policy) };
  }),
  k3Reward: about('k3 in the reward: ∇KL(π‖π_ref) − ∇KL(π_ref‖π)', (policy) => ({
    left: ofLeaves(policy, weightedK3(policy)),
    right: policy.field.sub(klGradientOf(policy), forwardKlGradient(policy)),
  })),
  tokenK3Total: about('token-level k3, reward-to-go plus loss: ∇KL(π‖π_ref)', (policy) => ({
    left: policy.field.add(tokenK3ToGo(policy), tokenK3Loss(policy)),
    right: klGradientOf(policy),
  })),
} as const satisfies Record<string, Statement>;

const statements: readonly Statement[] = [derivative, forwardDerivative, ...Object.values(estimates), step];

/** π(τ)·r(τ)² of every trajectory: twice what k2 has. */
function twiceK2<A>(policy: PolicyOver<A>): A {
  const { p, r } = leaves(policy);
  return policy.field.mul(p, squared(policy.field, r));
}

const gradients = (
  left: <A>(policy: PolicyOver<A>) => A,
  right: <A>(policy: PolicyOver<A>) => A,
): SidesOver => {
  return <A>(policy: PolicyOver<A>): Sides<A> => ({ left: left(policy), right: right(policy) });
};

const controls: readonly WrongStatement[] = [
  wrong('value of k2', 'k2 is unbiased for KL(π‖π_ref).', (policy) => {
    const kl = klOf(policy);
    return { left: summed(policy, twiceK2(policy)), right: policy.field.add(kl, kl) };
  }),
  wrong('value of k1, forward', 'k1 is unbiased for KL(π_ref‖π).', (policy) => {
    const { field, refProb } = policy;
    const { p, r } = leaves(policy);
    const forward = klOf({ ...policy, prob: refProb });
    return { left: summed(policy, field.mul(p, r)), right: field.sub(constant(field, 0, 1), forward) };
  }),
  wrong('k1 as a loss', 'k1 as a loss has the gradient of KL(π‖π_ref).', gradients(zero, klGradientOf)),
  wrong(
    'k2 as a loss',
    'k2 as a loss has the gradient of KL(π_ref‖π).',
    gradients(klGradientOf, forwardKlGradient),
  ),
  wrong(
    'k3 as a loss',
    'k3 as a loss has the gradient of KL(π‖π_ref).',
    gradients(forwardKlGradient, klGradientOf),
  ),
  wrong(
    'token-level k2 as a loss',
    'Token-level k2 as a loss has the gradient of KL(π‖π_ref).',
    (policy) => ({
      left: gradientOf(policy, policy.field.mul(reachOf(policy), policy.logRatio)),
      right: klGradientOf(policy),
    }),
  ),
  {
    name: 'token-level k3 as a loss',
    mistake: 'Token-level k3 as a loss has the gradient of KL(π_ref‖π).',
    kind: 'identity',
    sides: gradients(tokenK3Loss, forwardKlGradient),
  },
  wrong('k3 in the reward', 'k3 in the reward has the gradient of KL(π‖π_ref).', (policy) => ({
    left: ofLeaves(policy, weightedK3(policy)),
    right: klGradientOf(policy),
  })),
  wrong(
    'token-level k3 without the loss',
    'Token-level k3 as reward-to-go alone has the gradient of KL(π‖π_ref).',
    gradients(tokenK3ToGo, klGradientOf),
  ),
];

/** What is expected of k1, k3 and token-level k3 with true logarithms, in the order of `estimates`. */
const unbiased: EnclosedQuantity = {
  name: 'values of k1, k3 and token-level k3 with true logarithms, beside KL(π‖π_ref)',
  value: (policy) => {
    const sides = [estimates.k1Value, estimates.k3Value, estimates.tokenK3Value].map((s) =>
      s.sides(policy, {}),
    );
    return policy.field.concat(sides.map(({ left }) => left));
  },
  also: (policy) => repeat(policy.field, klOf(policy), 3),
};

/** k2 has a value of its own, which is no KL. */
const ofK2: EnclosedQuantity = {
  name: 'value of k2 with true logarithms, E[(Σ_t log-ratio)²]/2',
  value: (policy) => dividedBy(policy.field, summed(policy, twiceK2(policy)), Int32Array.of(2)),
};

/** The statements of C8. */
export const c8Statements: ClaimStatements = {
  id: 'C8',
  statements,
  controls,
  outside: [],
  enclosed: [unbiased, ofK2],
};
