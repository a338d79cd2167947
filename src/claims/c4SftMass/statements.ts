// C4 as statements over any field: the policy plays the data D, and its reference plays the model π that is fitted to it.
import { squared, sumAt, times, total } from '../../attribution/over/arithmetic.ts';
import { gradientOf, reachOf } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { massControls, massesOf, massStatements } from '../shared/overMasses.ts';
import { attemptLength, paddingEdges, withoutPadding } from '../shared/overPadding.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';
import { perHistoryControls, perHistoryStatements } from './perHistory.ts';

/** ∇KL(D‖π) = −E_D[Σ_t u_t] with respect to the logits of π [slots]; its sign does not matter here. */
function sftGradient<A>(policy: PolicyOver<A>): A {
  return gradientOf({ ...policy, prob: policy.refProb }, reachOf(policy));
}

/** The gradient on the logits of first tokens and on those of padding, which come after them: slots of the sample table. */
function slotsOf({ graph }: PolicyOver<unknown>): {
  readonly first: Int32Array;
  readonly padding: Int32Array;
} {
  const from = paddingEdges(graph).length === 0 ? graph.sampleSlots : Math.min(...slotsOfPadding(graph));
  const range = (start: number, end: number): Int32Array =>
    Int32Array.from({ length: end - start }, (_, i) => start + i);
  return { first: range(0, from), padding: range(from, graph.sampleSlots) };
}

function slotsOfPadding(graph: PolicyOver<unknown>['graph']): Int32Array {
  return paddingEdges(graph).map((e) => graph.slot[e]!);
}

/** The squares of a gradient on some slots, added up [1]. */
function normSquared<A>({ field }: PolicyOver<A>, gradient: A, slots: Int32Array): A {
  return sumAt(field, squared(field, gradient), slots);
}

/** c: the gradient of one padding position, E_D[attempts]·(D − π) of its token [V]. */
function onePosition<A>(policy: PolicyOver<A>): A {
  const { field, graph, prob, refProb } = policy;
  const token = paddingEdges(graph).slice(0, graph.vocabulary);
  const short = withoutPadding(policy);
  const starts = short.graph.layers.flatMap(({ component, edgeStart, source }) =>
    component === 'sample' ? Array.from(source, (_, i) => edgeStart + i) : [],
  );
  const attempts = sumAt(field, reachOf(short), Int32Array.from(starts));
  const gap = field.sub(field.gather(prob, token), field.gather(refProb, token));
  return field.mul(field.gather(attempts, new Int32Array(graph.vocabulary)), gap);
}

/** The policy with the distribution of the first padding position at all of them, whichever rows they read. */
function alikePositions<A>(policy: PolicyOver<A>): PolicyOver<A> {
  const { field, graph } = policy;
  const padding = paddingEdges(graph);
  const place = Int32Array.from({ length: graph.edges }, (_, e) => e);
  for (const [i, e] of padding.entries()) place[e] = padding[i % graph.vocabulary]!;
  const pick = (edges: A): A => field.gather(edges, place);
  const { prob, refProb, logRatio } = policy;
  return { ...policy, prob: pick(prob), refProb: pick(refProb), logRatio: pick(logRatio) };
}

/** ‖g_s‖² against a² and `weight(L − 1)` times c². */
function normStatement(
  name: string,
  place: 'padding' | 'untiedPadding',
  weight: (extra: number) => number,
): Statement {
  return {
    name,
    kind: 'identity',
    place,
    sides: (asked) => {
      const policy = alikePositions(asked);
      const { field, graph } = policy;
      const { first, padding } = slotsOf(policy);
      const gradient = sftGradient(policy);
      const short = withoutPadding(policy);
      const a2 = normSquared(short, sftGradient(short), slotsOf(short).first);
      const whole = field.add(normSquared(policy, gradient, first), normSquared(policy, gradient, padding));
      const extra = attemptLength(graph) - 1;
      if (extra === 0) return { left: whole, right: a2 };
      const c2 = total(field, squared(field, onePosition(policy)), graph.vocabulary);
      return { left: whole, right: field.add(a2, times(field, c2, [weight(extra)])) };
    },
  };
}

/** Padding positions share one row. */
export const tied = normStatement('‖g_s‖² = a² + (L−1)²c², padding parameters tied', 'padding', (n) => n * n);

/** Every padding position has a row of its own. */
export const untied = normStatement(
  '‖g_s‖² = a² + (L−1)c², one parameter per position',
  'untiedPadding',
  (n) => n,
);

const firstTokensAlone: WrongStatement = {
  ...normStatement('norm of first tokens alone', 'padding', () => 0),
  mistake: '‖g_s‖² = a²: padding adds nothing to the norm.',
};

/** The statements of C4. */
export const c4Statements: ClaimStatements = {
  id: 'C4',
  statements: [...massStatements('D', 'π', 'δ_D'), tied, untied, ...perHistoryStatements],
  controls: [...massControls('δ_D'), firstTokensAlone, ...perHistoryControls],
  outside: [],
  enclosed: [{ name: 'sample and decision mass of KL(D‖π)', value: massesOf }],
};
