// C9 with ÷ std over several prompts, each of which has a standard deviation of its own: two symbols s₁ and s₂ of which s₁² = var₁ and
// s₂² = var₂ is all that is used.
import { type Quadratic, quadraticField } from '../../algebra/quadratic.ts';
import { constant, dividedBy, repeat, squared, times, total } from '../../attribution/over/arithmetic.ts';
import { meanOf } from '../../attribution/over/quantities.ts';
import type { ArrayField } from '../../base/field.ts';
import { rewardGradientOf, scalarGradient } from '../c2CreditByOneScalar/alongReward.ts';
import type { Sides, Statement, WrongStatement } from '../statement.ts';

/** R − mean of a group of three [3]. */
function centred<A>(field: ArrayField<A>, rewards: A): A {
  const mean = dividedBy(field, total(field, rewards, 3), Int32Array.of(3));
  return field.sub(rewards, repeat(field, mean, 3));
}

/** The variance of a group of three, over 3 [1]. */
function varianceOf<A>(field: ArrayField<A>, deviations: A): A {
  return dividedBy(field, total(field, squared(field, deviations), 3), Int32Array.of(3));
}

/** Numbers with both roots. */
type Tower<A> = Quadratic<Quadratic<A>>;

/** The four parts of numbers with both roots. */
function inParts<A>(field: ArrayField<A>, { plain, ofRoot }: Tower<A>): A {
  return field.concat([plain.plain, plain.ofRoot, ofRoot.plain, ofRoot.ofRoot]);
}

/** Rewards of a group of three [3], and two coordinates of the scores of its members [6]. */
interface PromptGroup<A> {
  readonly rewards: A;
  readonly scores: A;
}

function overTwoPrompts<A>(
  field: ArrayField<A>,
  groups: readonly [PromptGroup<A>, PromptGroup<A>],
): Sides<A> {
  const [first, second] = groups.map(({ rewards }) => centred(field, rewards)) as [A, A];
  const withFirst = quadraticField(field, varianceOf(field, first));
  const withBoth = quadraticField(withFirst, withFirst.constant(varianceOf(field, second), 1));
  const lift = (a: A): Tower<A> => withBoth.constant(withFirst.constant(a, 1), 1);
  /** Σ_i (R_i − mean)·u_i, coordinate by coordinate. */
  const pull = (deviations: A, { scores }: PromptGroup<A>): [Tower<A>, Tower<A>] => {
    const at = (from: number): Tower<A> =>
      lift(total(field, field.mul(deviations, field.slice(scores, from, from + 3)), 3));
    return [at(0), at(3)];
  };
  const [m1, m2] = [pull(first, groups[0]), pull(second, groups[1])];
  const one = lift(field.ones(1));
  const [inverse1, inverse2] = [withBoth.constant(withFirst.roots(1), 1), withBoth.roots(1)].map((root) =>
    withBoth.div(one, root),
  ) as [Tower<A>, Tower<A>];
  const { add, sub, mul } = withBoth;
  const cross = (a: readonly [Tower<A>, Tower<A>], b: readonly [Tower<A>, Tower<A>]): Tower<A> =>
    sub(mul(a[0], b[1]), mul(a[1], b[0]));
  const divided = (k: 0 | 1): Tower<A> => add(mul(inverse1, m1[k]), mul(inverse2, m2[k]));
  const left = cross([divided(0), divided(1)], [add(m1[0], m2[0]), add(m1[1], m2[1])]);
  return {
    left: inParts(field, left),
    right: inParts(field, mul(sub(inverse1, inverse2), cross(m1, m2))),
  };
}

const twoPrompts: Statement = {
  name: 'two prompts in groups of three, each ÷ its own std: the gradient lies on the line of that without ÷ std exactly where s₁ = s₂ or both prompts push along one line',
  kind: 'identity',
  symbols: () => ({ rewards: 3, otherRewards: 3, scores: 6, otherScores: 6 }),
  because:
    'Over numbers x + y·s₂ whose x and y are numbers x + y·s₁, with s₁² = var₁ and s₂² = var₂. With m = Σ_i (R_i − mean)·u_i of each prompt, g = m₁/s₁ + m₂/s₂ and, in ' +
    'any two coordinates, g × (m₁ + m₂) = (1/s₁ − 1/s₂)·(m₁ × m₂). Where both push along one line, against each other, g may point the other way. Scores are ' +
    'symbols, so that every network has it.',
  sides: ({ field }, { rewards, otherRewards, scores, otherScores }) =>
    overTwoPrompts(field, [
      { rewards: rewards!, scores: scores! },
      { rewards: otherRewards!, scores: otherScores! },
    ]),
};

/** E[A | R = 0] and E[A | R = 1] of binary rewards in groups of four, ÷ std over 4, as x + y·√3; p is the probability of a success [1]. */
function inGroupsOfFour<A>(field: ArrayField<A>, p: A) {
  const root = quadraticField(field, field.from([3]));
  const q = field.sub(field.ones(1), p);
  const power = (x: A, n: number): A =>
    Array.from({ length: n }, () => x).reduce((a, b) => field.mul(a, b), field.ones(1));
  /** n/d [1]. */
  const ratio = (n: number, d: number): A => dividedBy(field, field.from([n]), Int32Array.of(d));
  const zero = constant(field, 0, 1);
  // 1/std of one or three successes is 4/√3 = 4√3/3, and of two 2; of none or four the advantages are 0.
  const inverse = (successes: number): Quadratic<A> =>
    successes % 4 === 0
      ? root.constant(zero, 1)
      : successes === 2
        ? root.constant(ratio(2, 1), 1)
        : { plain: zero, ofRoot: ratio(4, 3), length: 1 };
  /** E over the three others of (own − mean)/std. */
  const expected = (own: 0 | 1): Quadratic<A> =>
    [1, 3, 3, 1]
      .map((ways, k) => {
        const likely = field.mul(ratio(ways, 1), field.mul(power(p, k), power(q, 3 - k)));
        const deviation = field.mul(likely, ratio(4 * own - own - k, 4));
        return root.mul(root.constant(deviation, 1), inverse(own + k));
      })
      .reduce((a, b) => root.add(a, b));
  return { root, ofFailure: expected(0), ofSuccess: expected(1) };
}

const groupsOfFour: Statement = {
  name: 'binary reward, G = 4, ÷ std: a prompt with probability p of a success has λ(p)·∇J, λ(p) = √3 + (3 − 2√3)·p(1 − p)',
  kind: 'identity',
  because:
    'One or three successes have the std √3/4 and two have 1/2; √3 is a symbol with the square 3. R is read as E[A | 0] + (E[A | 1] − E[A | 0])·R. λ reads p, so ' +
    'that prompts of different difficulty are weighed differently: from √3 near p = 0 and 1 down to √3/2 + 3/4 at 1/2. In groups of three λ is √2 whatever p is.',
  sides: (policy) => {
    const { field, graph, reward } = policy;
    const p = meanOf(policy, reward);
    const { root, ofFailure, ofSuccess } = inGroupsOfFour(field, p);
    const gap = root.sub(ofSuccess, ofFailure);
    const gradient = rewardGradientOf(policy);
    const pq = field.mul(p, field.sub(field.ones(1), p));
    const follows = (failure: typeof p, difference: typeof p): typeof p => {
      const rise = field.mul(repeat(field, difference, graph.leaves), reward);
      return scalarGradient(policy, field.add(repeat(field, failure, graph.leaves), rise));
    };
    const scaled = (factor: typeof p): typeof p => field.mul(repeat(field, factor, graph.slots), gradient);
    const three = times(field, pq, [3]);
    return {
      left: field.concat([follows(ofFailure.plain, gap.plain), follows(ofFailure.ofRoot, gap.ofRoot)]),
      right: field.concat([scaled(three), scaled(field.sub(field.ones(1), times(field, pq, [2])))]),
    };
  },
};

const oneFactor: WrongStatement = {
  name: 'one λ for prompts of any difficulty',
  mistake:
    'Binary reward, G = 4, ÷ std: a prompt and another one, of which `successes` in `successes` + `failures` attempts succeed, have one λ, so that the direction over both stays.',
  kind: 'identity',
  symbols: () => ({ successes: 1, failures: 1 }),
  positive: true,
  rewards: ({ leaves }) => Int32Array.from({ length: leaves }, (_, i) => i % 2),
  sides: (policy, { successes, failures }) => {
    const { field, reward } = policy;
    const other = field.div(successes!, field.add(successes!, failures!));
    const factor = (p: typeof other): typeof other => {
      const { root, ofFailure, ofSuccess } = inGroupsOfFour(field, p);
      const { plain, ofRoot } = root.sub(ofSuccess, ofFailure);
      return field.concat([plain, ofRoot]);
    };
    return { left: factor(meanOf(policy, reward)), right: factor(other) };
  },
};

/** Statements about ÷ std over several prompts. */
export const byPromptStatements: readonly Statement[] = [twoPrompts, groupsOfFour];

/** What is wrong about it. */
export const byPromptControls: readonly WrongStatement[] = [oneFactor];
