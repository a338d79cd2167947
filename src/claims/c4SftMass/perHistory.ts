// C4 with a parameter for every history: the squared gradient of padding is a geometric series in L, and so saturates.
import { squared, sumAt, times, total } from '../../attribution/over/arithmetic.ts';
import {
  atEdges,
  gradientOf,
  isFirstToken,
  occupancyOf,
  reachOf,
} from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { memoised } from '../../base/memoised.ts';
import type { TrajectoryGraph } from '../../policy/graph.ts';
import { compileTree } from '../../policy/tree.ts';
import { attemptLength } from '../shared/overPadding.ts';
import type { Statement, WrongStatement } from '../statement.ts';

/** A full tree whose tokens after the first of an attempt are padding. */
interface PaddedTree {
  /** The edge whose numbers each edge takes, so that nothing reads padding and all padding has one distribution [edges]. */
  readonly alike: Int32Array;
  /** The edges of first tokens and decisions, one for each sequence of first tokens: those of the tree of length 1. */
  readonly kept: Int32Array;
  /** The edges of the first padding token; none at length 1. */
  readonly padding: Int32Array;
  /** The tree of length 1. */
  readonly short: TrajectoryGraph;
  /** The edges of first tokens in the tree of length 1, by attempt. */
  readonly firstTokens: readonly Int32Array[];
}

function range(from: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => from + i);
}

function isFirst({ layers }: TrajectoryGraph, index: number): boolean {
  const layer = layers[index]!;
  return layer.component === 'sample' && isFirstToken(layer, layers[index - 1]);
}

const paddedTree: (graph: TrajectoryGraph) => PaddedTree = memoised((graph) => {
  const alike = new Int32Array(graph.edges);
  const kept: number[] = [];
  let padding: Int32Array = new Int32Array(0);
  // The history of each node with 0 in the place of all padding.
  let plain: Int32Array = Int32Array.of(0);
  for (const [index, { component, arity, source, edgeStart, successor }] of graph.layers.entries()) {
    const isPadding = component === 'sample' && !isFirst(graph, index);
    if (isPadding && padding.length === 0) padding = range(edgeStart, arity);
    const next = new Int32Array(graph.layers[index + 1]?.nodes ?? 0);
    for (const [e, n] of source.entries()) {
      const action = e % arity;
      const own = plain[n]! * arity + action;
      alike[edgeStart + e] = isPadding ? padding[action]! : edgeStart + own;
      if (!isPadding && own === e) kept.push(edgeStart + e);
      const after = successor[e]!;
      if (after < next.length) next[after] = successor[isPadding ? plain[n]! * arity : own]!;
    }
    plain = next;
  }
  const attempts = graph.layers.at(-1)!.attempt + 1;
  const short = compileTree({ attempts, length: 1, vocabulary: graph.vocabulary });
  const firstTokens = short.layers.flatMap(({ edgeStart, source }, i) =>
    isFirst(short, i) ? [range(edgeStart, source.length)] : [],
  );
  return { alike, kept: Int32Array.from(kept), padding, short, firstTokens };
});

/** The policy with numbers that read no padding, which has one distribution everywhere. */
function withPadding<A>(policy: PolicyOver<A>): PolicyOver<A> {
  const { field, graph, prob, refProb, logRatio } = policy;
  const pick = (edges: A): A => field.gather(edges, paddedTree(graph).alike);
  return { ...policy, prob: pick(prob), refProb: pick(refProb), logRatio: pick(logRatio) };
}

/** ‖g_s‖² with respect to the logits of every sample history [1]. */
function sampleNorm<A>(policy: PolicyOver<A>): A {
  const { field, graph } = policy;
  const gradient = gradientOf({ ...policy, prob: policy.refProb }, reachOf(policy));
  return sumAt(field, squared(field, gradient), range(0, graph.sampleSlots));
}

/** The numbers of the closed form, all of them those of L = 1 and of one padding token. */
interface Parts<A> {
  /** Σ_{histories of attempt k} ρ²·‖D − π‖² of first tokens, by attempt [1] each. */
  readonly first: readonly A[];
  /** S_k: Σ ρ² over the sequences of first tokens up to attempt k [1] each. */
  readonly classes: readonly A[];
  /** q = Σ_v D(v)² and c² = Σ_v (D(v) − π(v))² of padding [1]; undefined at length 1. */
  readonly padding: { readonly q: A; readonly c2: A } | undefined;
}

function partsOf<A>(policy: PolicyOver<A>): Parts<A> {
  const { field, graph, prob, refProb } = policy;
  const { kept, padding, short: shortGraph, firstTokens } = paddedTree(graph);
  const pick = (edges: A): A => field.gather(edges, kept);
  const short = { ...policy, graph: shortGraph, prob: pick(prob), refProb: pick(refProb) };
  const gap = field.sub(short.prob, short.refProb);
  const own = squared(field, field.mul(atEdges(short, occupancyOf(short)), gap));
  const reach = squared(field, reachOf(short));
  const ofPadding = (edges: A): A => total(field, field.gather(edges, padding), padding.length);
  return {
    first: firstTokens.map((edges) => sumAt(field, own, edges)),
    classes: firstTokens.map((edges) => sumAt(field, reach, edges)),
    padding:
      padding.length === 0
        ? undefined
        : {
            q: ofPadding(squared(field, prob)),
            c2: ofPadding(squared(field, field.sub(prob, refProb))),
          },
  };
}

/** x^n [1]. */
function power<A>({ field }: PolicyOver<A>, x: A, n: number): A {
  return Array.from({ length: n }, () => x).reduce(field.mul, field.ones(1));
}

/** Σ of arrays of one element. */
function sumAll<A>({ field }: PolicyOver<A>, terms: readonly A[]): A {
  return total(field, field.concat(terms), terms.length);
}

/** Σ_k of what is given for attempt k: q^{(k−1)(L−1)}, a_k² and c²·S_k. */
function overAttempts<A>(
  policy: PolicyOver<A>,
  { first, classes, padding }: Parts<A>,
  term: (before: A, own: A, padded: A) => A,
): A {
  const { field, graph } = policy;
  const extra = attemptLength(graph) - 1;
  return sumAll(
    policy,
    first.map((own, k) =>
      term(power(policy, padding!.q, k * extra), own, field.mul(padding!.c2, classes[k]!)),
    ),
  );
}

const closedForm: Statement = {
  name: 'a parameter per history: ‖g_s‖² = Σ_k q^{(k−1)(L−1)}·[a_k² + c²·S_k·(1 − q^{L−1})/(1 − q)] with q = Σ_v D(v)²',
  kind: 'identity',
  sides: (asked) => {
    const policy = withPadding(asked);
    const { field, graph } = policy;
    const parts = partsOf(policy);
    const left = sampleNorm(policy);
    if (parts.padding === undefined) return { left, right: sumAll(policy, parts.first) };
    const { q } = parts.padding;
    const powers = Array.from({ length: attemptLength(graph) - 1 }, (_, i) => power(policy, q, i));
    const series = sumAll(policy, powers);
    const right = overAttempts(policy, parts, (before, own, padded) =>
      field.mul(before, field.add(own, field.mul(padded, series))),
    );
    return { left, right };
  },
};

const saturates: Statement = {
  name: 'a parameter per history: ‖g_s‖² ≤ a² + Σ_k c²·S_k/(1 − q), whatever L is',
  kind: 'inequality',
  because:
    'the difference is Σ_k (1 − q^{(k−1)(L−1)})·a_k² + c²·S_k·(1 − q^{(k−1)(L−1)}·(1 − q^{L−1}))/(1 − q), and 0 < q < 1. What is left of it ' +
    'for L → ∞ is a_1² + c²·S_1/(1 − q), up to a multiple of q^{L−1}.',
  sides: (asked) => {
    const policy = withPadding(asked);
    const { field, graph } = policy;
    const parts = partsOf(policy);
    const norm = sampleNorm(policy);
    if (parts.padding === undefined) {
      const all = sumAll(policy, parts.first);
      return { left: field.sub(all, norm), right: times(field, all, [0]) };
    }
    const one = field.ones(1);
    const rest = field.sub(one, parts.padding.q);
    const ended = field.sub(one, power(policy, parts.padding.q, attemptLength(graph) - 1));
    const bound = overAttempts(policy, parts, (_, own, padded) => field.add(own, field.div(padded, rest)));
    const right = overAttempts(policy, parts, (before, own, padded) => {
      const lost = field.mul(field.sub(one, before), own);
      const missing = field.sub(one, field.mul(before, ended));
      return field.add(lost, field.div(field.mul(padded, missing), rest));
    });
    return { left: field.sub(bound, norm), right };
  },
};

const step: Statement = {
  name: 'for all L: with n padding tokens to come the squares to go are c²·(1 − qⁿ)/(1 − q) + qⁿ·M',
  kind: 'induction',
  place: 'step',
  only: 'sample',
  symbols: () => ({ power: 1, after: 1 }),
  because:
    'Base: n = 0, where they are M, what follows the padding. Step: every continuation of a padding token has the same squares to go, a history ' +
    'of it ρ·D(v) of the occupancy; x = qⁿ is a free symbol, and qⁿ⁺¹ = q·x. As qⁿ → 0 they approach c²/(1 − q), and do not grow with L.',
  sides: (policy, { power: x, after }) => {
    const { field, graph, prob, refProb } = policy;
    const sum = (edges: typeof prob): typeof prob => total(field, edges, graph.edges);
    const q = sum(squared(field, prob));
    const c2 = sum(squared(field, field.sub(prob, refProb)));
    const one = field.ones(1);
    const toGo = (y: typeof prob): typeof prob => {
      const series = field.div(field.sub(one, y), field.sub(one, q));
      return field.add(field.mul(c2, series), field.mul(y, after!));
    };
    const each = field.gather(toGo(x!), new Int32Array(graph.edges));
    const left = sum(
      field.add(squared(field, field.sub(prob, refProb)), field.mul(squared(field, prob), each)),
    );
    return { left, right: toGo(field.mul(q, x!)) };
  },
};

const asPositions: WrongStatement = {
  name: 'a parameter per history as one per position',
  mistake: '‖g_s‖² grows by c² for every padding position with a parameter per history, too.',
  kind: 'identity',
  sides: (asked) => {
    const policy = withPadding(asked);
    const { field, graph } = policy;
    const parts = partsOf(policy);
    const left = sampleNorm(policy);
    const first = sumAll(policy, parts.first);
    if (parts.padding === undefined) return { left, right: first };
    const grown = times(field, parts.padding.c2, [attemptLength(graph) - 1]);
    return { left, right: field.add(first, grown) };
  },
};

/** What C4 says of a parameter per history. */
export const perHistoryStatements: readonly Statement[] = [closedForm, saturates, step];

/** Wrong statements about it. */
export const perHistoryControls: readonly WrongStatement[] = [asPositions];
