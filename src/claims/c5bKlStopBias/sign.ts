// C5b: the sign of ∂KL/∂ℓ_R. The local term may decide it at small L; the slope never lets it fall.
import { constant, repeat, times, total } from '../../attribution/over/arithmetic.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { decisionCount, extraAttempts, klToGo, resampleDerivative } from '../shared/overDecisions.ts';
import { attemptLength, paddingEdges, withoutPadding } from '../shared/overPadding.ts';
import type { EitherWay, Statement } from '../statement.ts';

/** δ_K = Σ_a π·(π_ref/π − 1 + log-ratio) of a padding token [1]: terms that are not negative. */
function mismatch<A>({ field, graph, prob, refProb, logRatio }: PolicyOver<A>): A {
  const token = paddingEdges(graph).slice(0, graph.vocabulary);
  const pick = (edges: A): A => field.gather(edges, token);
  const above = field.sub(field.div(pick(refProb), pick(prob)), field.ones(token.length));
  return total(field, field.mul(pick(prob), field.add(above, pick(logRatio))), token.length);
}

const rises: Statement = {
  name: 'the derivative never falls in L: from where it is positive on, descent goes towards STOP',
  kind: 'inequality',
  place: 'padding',
  readsLogs: true,
  because:
    'what L adds to L = 1 is (L − 1)·ρ π_R π_S·E[extra attempts]·Σ_a π·g(π_ref/π) with g(x) = x − 1 − log x ≥ 0, a product of numbers that are not ' +
    'negative. So the sign turns at most once, from − to +, at L = 1 − (derivative at L = 1)/slope.',
  sides: (policy) => {
    const { field, graph } = policy;
    const short = withoutPadding(policy);
    const n = decisionCount(graph);
    const left = field.sub(
      resampleDerivative(policy, klToGo(policy)),
      resampleDerivative(short, klToGo(short)),
    );
    const extra = attemptLength(graph) - 1;
    if (extra === 0) return { left, right: constant(field, 0, n) };
    const slope = field.mul(extraAttempts(short), repeat(field, mismatch(policy), n));
    return { left, right: times(field, slope, new Int32Array(n).fill(extra)) };
  },
};

/** What C5b says of the sign for all policies. */
export const signStatements: readonly Statement[] = [rises];

/** What it says of some and of others. */
export const signAtOne: EitherWay = {
  name: 'the local term may decide the sign at small L: ∂KL/∂ℓ_R is above 0 at some decisions of attempts of one token, and below 0 at others',
  place: 'tree',
  readsLogs: true,
  sides: (policy) => ({
    left: resampleDerivative(policy, klToGo(policy)),
    right: constant(policy.field, 0, decisionCount(policy.graph)),
  }),
};
