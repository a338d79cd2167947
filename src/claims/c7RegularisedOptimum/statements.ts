// C7 as statements over any field, in its multiplicative form: e^{R/β} of every trajectory is a free symbol, and so are logarithms where
// they occur.
import { constant, repeat, squared, times, total } from '../../attribution/over/arithmetic.ts';
import { directional } from '../../attribution/over/directional.ts';
import { edgeMask, isOf } from '../../attribution/over/indices.ts';
import { atEdges, meanOf, sumOverActions } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { alongTrajectories } from '../../attribution/recursions.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { ahead, optimum, partition } from '../shared/overOptimum.ts';
import { keptEdges, rewardOfClasses, withoutPadding } from '../shared/overPadding.ts';
import type {
  ClaimStatements,
  Elementary,
  EnclosedQuantity,
  Statement,
  SymbolSizes,
  Symbols,
  WrongStatement,
} from '../statement.ts';
import { frozenControls, frozenStatements } from './frozen.ts';

/** e^{R/β} of every trajectory. */
const tilt: SymbolSizes = ({ leaves }) => ({ tilt: leaves });

/** The probability of every trajectory under some conditionals, times Z, and π_ref(τ)·e^{R/β} [leaves]. */
function tiltedSides<A>(
  policy: PolicyOver<A>,
  conditionals: A,
  leaf: A,
): { readonly left: A; readonly right: A } {
  const { field, graph, refProb } = policy;
  const tilted = field.mul(alongTrajectories(field, graph, refProb), leaf);
  const z = total(field, tilted, graph.leaves);
  const left = field.mul(alongTrajectories(field, graph, conditionals), repeat(field, z, graph.leaves));
  return { left, right: tilted };
}

/** π* is a tilt of the reference. */
export const tilted: Statement = {
  name: 'π*(τ)·Z = π_ref(τ)·e^{R(τ)/β}: conditionals of the recursion against Z summed over trajectories',
  kind: 'identity',
  symbols: tilt,
  sides: (policy, { tilt: leaf }) => tiltedSides(policy, optimum(policy, leaf!), leaf!),
};

/** The conditionals of π* add up to 1. */
export const conditional: Statement = {
  name: 'Σ_a π*(a|h) = 1 at every history',
  kind: 'identity',
  symbols: tilt,
  sides: (policy, { tilt: leaf }) => ({
    left: sumOverActions(policy, optimum(policy, leaf!)),
    right: policy.field.ones(policy.graph.nodes),
  }),
};

/** log Z of every history and R/β of every trajectory, as free symbols, with β and a direction of the logits. */
const logs: SymbolSizes = ({ leaves, nodes, edges }) => ({
  tilt: leaves,
  logZ: nodes,
  logTilt: leaves,
  beta: 1,
  direction: edges,
});

/**
 * The policy at its regularised optimum: log π* − log π_ref = log Z(h′) − log Z(h), where log Z at the end of an episode is R/β. Nothing
 * else of the logarithms is used.
 */
function atOptimum<A>(policy: PolicyOver<A>, { tilt: leaf, logZ, logTilt, beta }: Symbols<A>): PolicyOver<A> {
  const { field, graph } = policy;
  const logRatio = field.sub(ahead(policy, logZ!, logTilt!), atEdges(policy, logZ!));
  const reward = field.mul(logTilt!, repeat(field, beta!, graph.leaves));
  return { ...policy, prob: optimum(policy, leaf!), logRatio, reward };
}

/** E[R] − β·KL [1]. */
function regularised<A>(policy: PolicyOver<A>, beta: A): A {
  const { field, graph, logRatio, reward } = policy;
  const none = field.from(new Float64Array(graph.edges));
  const cost = field.sub(none, field.mul(logRatio, repeat(field, beta, graph.edges)));
  return meanOf(policy, reward, cost);
}

const value: Statement = {
  name: 'J_β(π*) = E[R] − β·KL = β·log Z',
  kind: 'identity',
  readsLogs: true,
  symbols: logs,
  sides: (policy, symbols) => {
    const { field } = policy;
    const root = field.slice(symbols.logZ!, 0, 1);
    return {
      left: regularised(atOptimum(policy, symbols), symbols.beta!),
      right: field.mul(symbols.beta!, root),
    };
  },
};

const stationary: Statement = {
  name: 'the gradient of E[R] − β·KL vanishes at π*',
  kind: 'identity',
  readsLogs: true,
  symbols: logs,
  sides: (policy, symbols) => {
    const moved = directional(atOptimum(policy, symbols), symbols.direction!);
    const beta = { value: symbols.beta!, slope: constant(policy.field, 0, 1) };
    return { left: regularised(moved, beta).slope, right: constant(policy.field, 0, 1) };
  },
};

/** With one β per component the soft values V take the place of β·log Z: log π* − log π_ref = (V(h′) − V(h))/β_c. */
const betaPerComponent: Statement = {
  name: 'a β per component: the gradient vanishes where log π − log π_ref = (V(h′) − V(h))/β_c',
  kind: 'identity',
  readsLogs: true,
  symbols: ({ leaves, nodes, edges }) => ({ soft: nodes, outcome: leaves, beta: 2, direction: edges }),
  sides: (policy, { soft, outcome, beta, direction }) => {
    const { field, graph } = policy;
    const component = edgesOfBeta(graph);
    const price = field.gather(beta!, component);
    const gain = field.sub(ahead(policy, soft!, outcome!), atEdges(policy, soft!));
    const at = directional({ ...policy, logRatio: field.div(gain, price), reward: outcome! }, direction!);
    const none = at.field.from(new Float64Array(graph.edges));
    const priced = at.field.mul(at.logRatio, { value: price, slope: constant(field, 0, graph.edges) });
    const slope = meanOf(at, at.reward, at.field.sub(none, priced)).slope;
    return { left: slope, right: constant(field, 0, 1) };
  },
};

/** The index of the component of every edge [edges]. */
function edgesOfBeta(graph: TrajectoryGraph): Int32Array {
  return edgeMask(graph, isOf('decision'));
}

const step: Statement = {
  name: 'for all K and L: π*(a|h)·(weight of what follows) = π_ref·e^{R/β}/Z(h)',
  kind: 'induction',
  place: 'step',
  symbols: ({ leaves }) => ({ partition: leaves, tilted: leaves }),
  because:
    'Base: at the end of an episode Z = e^{R/β}, so that the weight π_ref·e^{R/β}/Z of nothing more to come is 1. Step: let Z(h′) and the tilted ' +
    'weight w(h′) = π_ref·e^{R/β} of a trajectory from h′ on be free symbols, with π*(rest | h′) = w(h′)/Z(h′); then π*(a|h)·π*(rest | h′) = ' +
    'π_ref(a|h)·w(h′)/Z(h).',
  sides: (policy, { partition: after, tilted: rest }) => {
    const { field, graph, refProb } = policy;
    const z = repeat(field, total(field, field.mul(refProb, after!), graph.leaves), graph.leaves);
    return {
      left: field.mul(optimum(policy, after!), field.div(rest!, after!)),
      right: field.div(field.mul(refProb, rest!), z),
    };
  },
};

const paddingStep: Statement = {
  name: 'for all L: a padding token leaves Z(h), π* and KL to go as they are at its continuation',
  kind: 'induction',
  place: 'step',
  only: 'sample',
  symbols: () => ({ partition: 1 }),
  because:
    'Base: L = 1 has no padding. Step from L to L + 1: after a padding token Z(h′) is the same free symbol for every action, so that π* is ' +
    'π_ref there, with no KL.',
  sides: (policy, { partition: after }) => {
    const { field, graph, refProb } = policy;
    const same = repeat(field, after!, graph.leaves);
    const { at } = partition(policy, same);
    return {
      left: field.concat([at, optimum(policy, same)]),
      right: field.concat([after!, refProb]),
    };
  },
};

/** Padded leaves of one class have one tilt. */
const lengthFree: Statement = {
  name: 'counter-example to (iv) at full capacity: π* of first tokens and decisions is that of L = 1',
  kind: 'identity',
  place: 'padding',
  sides: (policy) => {
    // The rewards of the padding construction play e^{R/β}: a free symbol for each of its outcomes.
    const paid = rewardOfClasses(policy);
    const short = withoutPadding(paid);
    const long = policy.field.gather(optimum(paid, paid.reward), keptEdges(policy.graph));
    return { left: long, right: optimum(short, short.reward) };
  },
};

/** β of the enclosed optimum: a fraction that float64 has, too. */
const BETA = 0.5;

/** e^{R/β} of every trajectory with true exponentials. */
function trueTilt<A>({ field, reward, graph }: PolicyOver<A>, { exp }: Elementary<A>): A {
  return exp(times(field, reward, new Int32Array(graph.leaves).fill(1 / BETA)));
}

const enclosedValue: EnclosedQuantity = {
  name: `J_β(π*) = E[R] − β·KL and β·log Z with true logarithms, β = ${BETA}`,
  value: (policy, elementary) => {
    const { field, graph, reward } = policy;
    const tilt = trueTilt(policy, elementary);
    const logZ = elementary.log(partition(policy, tilt).at);
    const logTilt = times(field, reward, new Int32Array(graph.leaves).fill(1 / BETA));
    const beta = field.div(field.ones(1), field.from([1 / BETA]));
    return regularised(atOptimum(policy, { tilt, logZ, logTilt, beta }), beta);
  },
  also: (policy, elementary) => {
    const { field } = policy;
    const { at } = partition(policy, trueTilt(policy, elementary));
    return field.div(elementary.log(field.slice(at, 0, 1)), field.from([1 / BETA]));
  },
};

const controls: readonly WrongStatement[] = [
  {
    name: 'optimum of another β',
    mistake: 'The optimum for β/2 is π_ref·e^{R/β}/Z.',
    kind: 'identity',
    symbols: tilt,
    positive: true,
    sides: (policy, { tilt: leaf }) =>
      tiltedSides(policy, optimum(policy, squared(policy.field, leaf!)), leaf!),
  },
  {
    name: 'another β at one history',
    mistake: 'The tilt may have twice its strength at the root.',
    kind: 'identity',
    symbols: tilt,
    positive: true,
    sides: (policy, { tilt: leaf }) => {
      const { field, graph, refProb } = policy;
      const root = graph.layers[0]!.source.length;
      const { after } = partition(policy, leaf!);
      const own = field.slice(field.mul(refProb, squared(field, after)), 0, root);
      const normalised = field.div(own, repeat(field, total(field, own, root), root));
      const rest = field.slice(optimum(policy, leaf!), root, graph.edges);
      return tiltedSides(policy, field.concat([normalised, rest]), leaf!);
    },
  },
  {
    name: 'only the reference is tilted at the end',
    mistake: 'π* keeps the reference at every history but those that end the episode.',
    kind: 'identity',
    symbols: tilt,
    positive: true,
    sides: (policy, { tilt: leaf }) => {
      const { field, graph, refProb } = policy;
      const { edgeStart } = graph.layers.at(-1)!;
      const last = field.slice(optimum(policy, leaf!), edgeStart, graph.edges);
      return tiltedSides(policy, field.concat([field.slice(refProb, 0, edgeStart), last]), leaf!);
    },
  },
  {
    name: 'the policy itself',
    mistake: 'The gradient of E[R] vanishes at the regularised optimum.',
    kind: 'identity',
    symbols: ({ leaves, edges }) => ({ tilt: leaves, direction: edges }),
    positive: true,
    sides: (policy, { tilt: leaf, direction }) => {
      const moved = directional({ ...policy, prob: optimum(policy, leaf!) }, direction!);
      return { left: meanOf(moved, moved.reward).slope, right: constant(policy.field, 0, 1) };
    },
  },
];

/** The statements of C7. */
export const c7Statements: ClaimStatements = {
  id: 'C7',
  statements: [
    conditional,
    tilted,
    value,
    stationary,
    betaPerComponent,
    step,
    lengthFree,
    paddingStep,
    ...frozenStatements,
  ],
  controls: [...controls, ...frozenControls],
  enclosed: [enclosedValue],
  outside: [],
};
