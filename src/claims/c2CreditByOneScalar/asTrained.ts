// C2 for the objectives as they train: the expected gradient over every group of a small policy, by the weights and by the engine's
// gradient of the loss, with the options that change what is credited.
import { meanReward, rewardGradient } from '../../attribution/budget.ts';
import { EvaluatedPolicy, evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { expectedRounding } from '../../attribution/expectedGradient.ts';
import { COMPONENTS, type Component } from '../../policy/component.ts';
import { randomPolicy } from '../../policy/random.ts';
import { check, control, distance } from '../check.ts';
import type { Check, ClaimSubject, Control } from '../claim.ts';
import { ROUTES } from '../shared/asTrained.ts';
import { critic, drGrpo, type Estimator, GROUP, ppo, reinforce, rloo } from '../shared/estimators.ts';
import { expected, withBinaryReward } from '../shared/expectedGradients.ts';

/** An estimator with options, and the expected gradient [slots] that it is said to have. */
interface Row {
  readonly says: string;
  readonly estimator: Estimator;
  /** Whether it is said of rewards 0 and 1 only. */
  readonly binary?: boolean;
  readonly gradient: (policy: EvaluatedPolicy) => Float64Array;
  /** A wrong gradient, and the statement that it is right. */
  readonly wrong: (policy: EvaluatedPolicy) => Float64Array;
  readonly wrongSays: string;
}

const COST = 0.05;

/** A multiple of ∇J. */
const times = (scale: number) => (policy: EvaluatedPolicy) => rewardGradient(policy).map((x) => scale * x);

/** ∇J in the entries of one component. */
const only = (component: Component) => (policy: EvaluatedPolicy) =>
  rewardGradient(policy).map((x, slot) =>
    slot < policy.graph.sampleSlots === (component === 'sample') ? x : 0,
  );

/** ∇E[R − cost·(attempts − 1)]. */
function afterCost({ model, graph }: EvaluatedPolicy): Float64Array {
  const reward = model.reward.slice();
  for (const { attempt, leafStart, terminal } of graph.layers) {
    for (let leaf = leafStart; leaf < leafStart + terminal.length; leaf++) reward[leaf]! -= COST * attempt;
  }
  return rewardGradient(new EvaluatedPolicy({ ...model, reward }));
}

/**
 * With a binary reward of mean p the expected gradient under division by std + ε is (f(1) − f(0))·∇J, where f(r) is the mean of A of a
 * trajectory with reward r over the number of successes among the other G − 1.
 */
function stdScale(p: number, ddof: number, epsilon: number): number {
  let scale = 0;
  let ways = 1;
  for (let k = 0; k < GROUP; k++) {
    const chance = ways * p ** k * (1 - p) ** (GROUP - 1 - k);
    for (const r of [0, 1]) {
      const successes = k + r;
      const std = Math.sqrt((successes * (GROUP - successes)) / (GROUP * (GROUP - ddof)));
      const advantage = std === 0 ? 0 : (r - successes / GROUP) / (std + epsilon);
      scale += (r === 1 ? chance : -chance) * advantage;
    }
    ways = (ways * (GROUP - 1 - k)) / (k + 1);
  }
  return scale;
}

const byScale = (ddof: number, epsilon: number) => (policy: EvaluatedPolicy) =>
  times(stdScale(meanReward(policy, policy.reward), ddof, epsilon))(policy);

const grpoSums: Estimator = {
  label: 'GRPO, token sums',
  objective: 'grpo',
  options: { aggregation: 'sequenceSum' },
  groupSize: GROUP,
};

function withOptions(estimator: Estimator, options: Estimator['options']): Estimator {
  const shown = Object.entries(options).map(([key, value]) => `${key}=${value}`);
  return {
    ...estimator,
    label: [estimator.label, ...shown].join(', '),
    options: { ...estimator.options, ...options },
  };
}

const reversed = { wrong: times(-1), wrongSays: 'goes against ∇J' };

const ROWS: readonly Row[] = [
  { says: '∇J', estimator: reinforce, gradient: times(1), ...reversed },
  {
    says: '∇J',
    estimator: rloo,
    gradient: times(1),
    wrong: times(1 / GROUP),
    wrongSays: 'is a mean over the group',
  },
  {
    says: '(1 − 1/G)·∇J',
    estimator: drGrpo,
    gradient: times(1 - 1 / GROUP),
    wrong: times(1),
    wrongSays: 'leaves ∇J as it is',
  },
  {
    says: '∇J',
    estimator: withOptions(ppo, { baseline: 0.4, dualClip: 3 }),
    gradient: times(1),
    ...reversed,
  },
  { says: '∇J', estimator: withOptions(critic, { gaeLambda: 0.6 }), gradient: times(1), ...reversed },
  ...COMPONENTS.map(
    (update): Row => ({
      says: `g_${update} alone`,
      estimator: withOptions(rloo, { update }),
      gradient: only(update),
      wrong: only(update === 'sample' ? 'decision' : 'sample'),
      wrongSays: 'is that of the other component',
    }),
  ),
  {
    says: '∇E[R − cost·(attempts − 1)]',
    estimator: withOptions(rloo, { attemptCost: COST }),
    gradient: afterCost,
    wrong: times(1),
    wrongSays: 'does not see the cost',
  },
  ...[
    { ddof: 1, stdEpsilon: 1e-4, options: {} },
    { ddof: 0, stdEpsilon: 0.2, options: { ddof: 0, stdEpsilon: 0.2 } },
  ].map(
    ({ ddof, stdEpsilon, options }): Row => ({
      says: 'with a binary reward (E[A | R = 1] − E[A | R = 0])·∇J',
      estimator: withOptions(grpoSums, options),
      binary: true,
      gradient: byScale(ddof, stdEpsilon),
      wrong: byScale(1 - ddof, stdEpsilon),
      wrongSays: 'divides by the standard deviation with the other ddof',
    }),
  ),
  {
    says: '(1 − 1/G)·∇J/L_max',
    estimator: withOptions(drGrpo, { aggregation: 'constant', maxLength: 5 }),
    gradient: times((1 - 1 / GROUP) / 5),
    wrong: times(1 - 1 / GROUP),
    wrongSays: 'has no constant divisor',
  },
];

/** Two attempts of two tokens from two: every group is enumerated, by either route. */
function subjectOf(seed: number, { binary = false }: Row): EvaluatedPolicy {
  const small = randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, seed);
  return evaluatedPolicy(binary ? withBinaryReward(small) : small);
}

/** Every row by both routes. */
export function trainedChecks({ seed }: ClaimSubject): Check[] {
  return ROWS.flatMap((row) =>
    ROUTES.map((route) => {
      const policy = subjectOf(seed, row);
      const found = expected(policy, row.estimator, route);
      return check(
        `${row.estimator.label}, its ${route}: ${row.says}`,
        distance(found.gradient, row.gradient(policy)),
        expectedRounding(policy, found),
      );
    }),
  );
}

/** The same comparison with a wrong gradient for every row. */
export function trainedControls(subject: ClaimSubject): Control[] {
  return ROWS.flatMap((row) =>
    ROUTES.map((route) => {
      const policy = subjectOf(subject.seed, row);
      const found = expected(policy, row.estimator, route);
      return control(
        { ...subject, companionIs: 'companion' },
        `${row.estimator.label}, its ${route}: not ${row.says}`,
        `The expected gradient of ${row.estimator.label} ${row.wrongSays}.`,
        distance(found.gradient, row.wrong(policy)),
        expectedRounding(policy, found),
      );
    }),
  );
}
