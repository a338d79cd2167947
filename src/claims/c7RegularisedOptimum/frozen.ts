// C7 with π_sample frozen at the reference, over any field. Every reward is R/β = log Z + Σ_t log(π*/π_ref) for the optimum π* of all
// tokens, so that π* may be any policy, and log π* − log π_ref and log Z are free symbols.
import { constant, negative, repeat, times, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgeMask, isOf } from '../../attribution/over/indices.ts';
import {
  atEdges,
  meanOf,
  noReward,
  reachOf,
  sumAlongTrajectories,
  sumOf,
  sumOverActions,
  valuesOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { alongResample, decisionCount, resampleDerivative } from '../shared/overDecisions.ts';
import { ahead } from '../shared/overOptimum.ts';
import type { Statement, WrongStatement } from '../statement.ts';

function maskOf(graph: TrajectoryGraph, component: 'sample' | 'decision'): Int32Array {
  return edgeMask(graph, isOf(component));
}

/** Values of sample edges and values of decision edges in one array [edges]. */
function mixed<A>({ field, graph }: PolicyOver<A>, sample: A, decision: A): A {
  return field.add(
    times(field, sample, maskOf(graph, 'sample')),
    times(field, decision, maskOf(graph, 'decision')),
  );
}

/** The policy with the reference's sample tokens, and decisions as given [edges]. */
function frozen<A>(policy: PolicyOver<A>, decisions: A): PolicyOver<A> {
  return { ...policy, prob: mixed(policy, policy.refProb, decisions) };
}

/** −log d + log π_ref of decisions, 0 at sample tokens: what a frozen policy pays for KL on every edge [edges]. */
function paid<A>({ field, graph }: PolicyOver<A>, logRatio: A): A {
  return negative(field, times(field, logRatio, maskOf(graph, 'decision')), graph.edges);
}

/** The decisions with some odds [edges]; what sample edges have is not read. */
function decisionsOf<A>(policy: PolicyOver<A>, odds: A): A {
  return policy.field.div(odds, atEdges(policy, sumOverActions(policy, odds)));
}

const chain: Statement = {
  name: 'π_sample frozen at the reference: J/β = log Z − E Σ_{t∈S} KL(π_ref‖π*) − E Σ_{t∈D} KL(π_d‖π*), for all decisions',
  kind: 'identity',
  readsLogs: true,
  positive: true,
  needsDecisions: true,
  symbols: ({ edges }) => ({ odds: edges, logDecider: edges, logZ: 1 }),
  sides: (policy, { odds, logDecider, logZ }) => {
    const { field, graph, logRatio } = policy;
    const at = frozen(policy, decisionsOf(policy, odds!));
    const reward = field.add(sumAlongTrajectories(policy, logRatio), repeat(field, logZ!, graph.leaves));
    const reach = reachOf(at);
    const ofSample = sumOf(at, field.mul(reach, logRatio), 'sample');
    const ofDecision = sumOf(at, field.mul(reach, field.sub(logDecider!, logRatio)), 'decision');
    return {
      left: meanOf(at, reward, paid(policy, logDecider!)),
      right: field.sub(field.add(logZ!, ofSample), ofDecision),
    };
  },
};

/** The slopes of J/β of the frozen problem at the decisions of π*, along RESAMPLE logits with free factors [1]. */
function slopeAtOptimum<A>(policy: PolicyOver<A>, moves: A): A {
  const { field, graph, prob, logRatio } = policy;
  const at = directional(frozen(policy, prob), alongResample(policy, moves));
  const reward = sumAlongTrajectories(policy, logRatio);
  const fixed = { value: reward, slope: constant(field, 0, graph.leaves) };
  return meanOf(at, fixed, paid(at, at.logRatio)).slope;
}

const stopsMore: Statement = {
  name: 'freezing π_sample turns decisions towards STOP: at π_d* the frozen objective falls along every RESAMPLE logit',
  kind: 'inequality',
  readsLogs: true,
  needsDecisions: true,
  symbols: (graph) => ({ moves: decisionCount(graph) }),
  because:
    'the slope of J/β is −ρ π_R π_S·E[Σ_{t∈S after RESAMPLE} KL(π_ref‖π*)], and KL(π_ref‖π*) = Σ_a π_ref·g(π*/π_ref) with g(x) = x − 1 − log x ≥ 0. ' +
    'It is 0 only where π* samples like the reference after RESAMPLE; elsewhere freezing changes π_d*.',
  sides: (policy, { moves }) => {
    const { field, graph, prob, refProb, logRatio } = policy;
    const at = frozen(policy, prob);
    const g = field.sub(field.sub(field.div(prob, refProb), field.ones(graph.edges)), logRatio);
    const divergence = times(field, g, maskOf(graph, 'sample'));
    const { q } = valuesOf(at, noReward(at), divergence);
    const n = decisionCount(graph);
    return {
      left: negative(field, slopeAtOptimum(policy, moves!), 1),
      right: total(field, field.mul(resampleDerivative(at, q), moves!), n),
    };
  },
};

/**
 * The soft values of the frozen problem in units of β: free symbols at decisions, Σ_a π_ref·V(h′) at sample histories, by layers from the
 * last to the first [nodes].
 */
function frozenValues<A>(policy: PolicyOver<A>, soft: A, leaf: A): A {
  const { field, graph, refProb } = policy;
  const values: A[] = [];
  let next = field.slice(leaf, 0, 0);
  for (const {
    component,
    nodeStart,
    nodes,
    edgeStart,
    source,
    leafStart,
    terminal,
    successor,
  } of graph.layers.toReversed()) {
    const ends = field.slice(leaf, leafStart, leafStart + terminal.length);
    const after = field.gather(field.concat([next, ends]), successor);
    const p = field.slice(refProb, edgeStart, edgeStart + source.length);
    next =
      component === 'decision'
        ? field.slice(soft, nodeStart, nodeStart + nodes)
        : field.segmentSum(field.mul(p, after), source, nodes);
    values.push(next);
  }
  return field.concat(values.reverse());
}

const bellman: Statement = {
  name: 'π_sample frozen: the gradient of J − β·KL in π_d vanishes where β·log(π_d/π_ref) = V(h′) − V(h), V(h) = Σ_a π_ref·V(h′) at sample histories',
  kind: 'identity',
  readsLogs: true,
  needsDecisions: true,
  symbols: ({ nodes, leaves, edges }) => ({ soft: nodes, outcome: leaves, direction: edges }),
  sides: (policy, { soft, outcome, direction }) => {
    const { field, graph, prob } = policy;
    const v = frozenValues(policy, soft!, outcome!);
    const logRatio = field.sub(ahead(policy, v, outcome!), atEdges(policy, v));
    const at = directional({ ...frozen(policy, prob), logRatio }, direction!, 'decision');
    const fixed = { value: outcome!, slope: constant(field, 0, graph.leaves) };
    return { left: meanOf(at, fixed, paid(at, at.logRatio)).slope, right: constant(field, 0, 1) };
  },
};

const unchanged: WrongStatement = {
  name: 'freezing π_sample leaves π_d* as it is',
  mistake: 'The decisions of π* are optimal with π_sample frozen at the reference, too.',
  kind: 'identity',
  readsLogs: true,
  symbols: (graph) => ({ moves: decisionCount(graph) }),
  sides: (policy, { moves }) => ({
    left: slopeAtOptimum(policy, moves!),
    right: constant(policy.field, 0, 1),
  }),
};

/** What C7 says of a frozen π_sample. */
export const frozenStatements: readonly Statement[] = [chain, stopsMore, bellman];

/** Wrong statements about it. */
export const frozenControls: readonly WrongStatement[] = [unchanged];
