// The claims on a transformer with shared parameters: what is compared are the gradients g_c of both components in every coordinate
// of its parameters.
import { meanReward } from '../attribution/budget.ts';
import {
  estimatorWeights,
  forwardKlWeights,
  klDivergence,
  klWeights,
  leafRatios,
  logRatio,
} from '../attribution/divergence.ts';
import type { EvaluatedPolicy } from '../attribution/evaluatedPolicy.ts';
import { leafWeights, returnWeights } from '../attribution/scoreGradient.ts';
import { float64Field as field } from '../base/field.ts';
import { randomStream } from '../base/random.ts';
import { COMPONENTS } from '../policy/component.ts';
import { type Comparison, check, control, difference, distance } from './check.ts';
import type { Check, ClaimSubject, Control } from './claim.ts';
import { meanAgainst } from './drawnMean.ts';
import { balance, expected } from './estimation.ts';
import { drGrpo, GROUP, NORMALISATIONS, reinforce, rloo } from './estimators.ts';
import type { TransformerSubject } from './transformer.ts';

/** Checks and controls to add where the subject has a transformer. */
export interface Added {
  readonly checks: readonly Check[];
  readonly controls: readonly Control[];
}

/** What a claim adds; nothing where the subject has no transformer. */
export function onTransformer(
  subject: ClaimSubject,
  add: (t: TransformerSubject, subject: ClaimSubject) => Added,
): Added {
  const { transformer } = subject;
  // Its controls run on the transformer itself, which is seeded and generic: a companion of the policy.
  return transformer === undefined
    ? { checks: [], controls: [] }
    : add(transformer, { ...subject, companionIs: 'companion' });
}

function rewardWeights(policy: EvaluatedPolicy): Float64Array {
  return returnWeights(policy, policy.reward);
}

/** C1: labels against the two-copy policy, and the split by token. */
export function splitOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { reward, rewardSize } = t.policy;
  const weight = rewardWeights(t.policy);
  const labelled = t.labelled(weight);
  const { gradient, tolerance } = t.differences((at) => meanReward(at, reward), rewardSize);
  const against = (wrong: typeof t.labels): Comparison => distance(t.labelled(weight, wrong), gradient);
  const random = randomStream(subject.seed, 'transformer labels');
  const scrambled = t.labels.map(() =>
    random.uniform() < 0.5 ? ('sample' as const) : ('decision' as const),
  );
  return {
    checks: [
      check(
        'transformer: labels against differences of the two-copy network',
        distance(labelled, gradient),
        tolerance,
      ),
      check(
        'transformer: split by token, forward mode against labels',
        distance(t.byToken(weight), labelled),
        t.rounding(weight),
      ),
    ],
    controls: [
      control(
        subject,
        'transformer: random labels',
        'Labels drawn at random per token give the component gradients of the network.',
        against(scrambled),
        tolerance,
      ),
      control(
        subject,
        'transformer: decisions counted as sample',
        'Counting every decision to the sample component changes nothing.',
        against(t.labels.map(() => 'sample')),
        tolerance,
      ),
    ],
  };
}

/** C2: unbiased estimators in the space of the network's parameters, and baselines that drop out of each component. */
export function creditOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { policy } = t;
  const weight = rewardWeights(policy);
  const target = t.labelled(weight);
  const baseline = (b: Float64Array): Float64Array =>
    leafWeights(policy.graph, field.mul(leafRatios(policy).prob, b));
  const constant = baseline(new Float64Array(policy.graph.leaves).fill(0.7));
  const ofReward = baseline(policy.reward);
  const zero = new Float64Array(target.length);
  const { score } = t.drawn();
  const unbiased = [reinforce, rloo, drGrpo].map((estimator) => {
    const scale = estimator === drGrpo ? 1 - 1 / GROUP : 1;
    const found = t.labelled(expected(policy, estimator).weight).map((x) => x / scale);
    const name = `transformer: ${estimator.label}, expected gradient = ${scale === 1 ? '' : '(1 − 1/G)·'}∇J per component`;
    return check(name, distance(found, target), t.rounding(weight.map((m) => 2 * Math.abs(m) + 1)));
  });
  return {
    checks: [
      ...unbiased,
      check(
        'transformer: a constant baseline drops out of each component',
        distance(t.labelled(constant), zero),
        t.rounding(constant),
      ),
      ...COMPONENTS.map((c) => {
        const { comparison, tolerance } = meanAgainst(score[c], 0);
        return check(
          `transformer, d = 64, drawn: a constant baseline drops out of g_${c}`,
          comparison,
          tolerance,
        );
      }),
    ],
    controls: [
      control(
        subject,
        'transformer: baseline that is the reward',
        'A baseline equal to the reward drops out.',
        distance(t.labelled(ofReward), zero),
        t.rounding(ofReward),
      ),
      ...COMPONENTS.map((c) => {
        const { comparison, tolerance } = meanAgainst(score[c].map(Math.abs), 0);
        const statement = 'A weight that depends on the actions (the sign of the score) drops out.';
        return control(
          subject,
          `transformer, d = 64, drawn: weight that is the sign of the score, ${c}`,
          statement,
          comparison,
          tolerance,
        );
      }),
    ],
  };
}

/** C5: the split of ∇KL in the space of the network's parameters. */
export function klOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { policy } = t;
  const { reference, logSize } = policy;
  const weight = klWeights(policy, reference);
  const { gradient, tolerance } = t.differences((at) => klDivergence(at, reference), logSize);
  const leaf = leafRatios(policy);
  const whole = leaf.prob.reduce((sum, p, i) => sum + p * leaf.logRatio[i]!, 0);
  const local = field.mul(policy.reach, logRatio(policy, reference));
  return {
    checks: [
      check(
        'transformer: KL over trajectories = sample terms + decision terms',
        difference(klDivergence(policy, reference), whole),
        policy.rounding(logSize, 'E Σ|log-ratio|'),
      ),
      check(
        'transformer: ∇KL by labels against differences of the two-copy network',
        distance(t.labelled(weight), gradient),
        tolerance,
      ),
    ],
    controls: [
      control(
        subject,
        'transformer: KL without its effect on later tokens',
        'The log-ratio of a token alone weighs it in ∇KL.',
        distance(t.labelled(local), gradient),
        tolerance,
      ),
    ],
  };
}

/** C8: what the sequence-level losses differentiate to, in the space of the network's parameters. */
export function estimatorsOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { policy } = t;
  const [k1, k2, k3] = (['k1', 'k2', 'k3'] as const).map((name) => estimatorWeights(policy, name));
  const reverse = klWeights(policy, policy.reference);
  const forward = forwardKlWeights(policy.reference);
  const { logRatio } = t.drawn();
  const k1MinusK3 = meanAgainst(
    logRatio.map((r) => 1 - Math.exp(-r)),
    0,
  );
  const away = meanAgainst(logRatio.map(Math.abs), 0);
  const equal = (name: string, a: Float64Array, b: Float64Array): Check =>
    check(
      `transformer: ${name}`,
      distance(t.labelled(a), t.labelled(b)),
      t.rounding(a.map((x, e) => Math.abs(x) + Math.abs(b[e]!))),
    );
  const wrong = (name: string, statement: string, a: Float64Array, b: Float64Array): Control =>
    control(
      subject,
      `transformer: ${name}`,
      statement,
      distance(t.labelled(a), t.labelled(b)),
      t.rounding(a.map((x, e) => Math.abs(x) + Math.abs(b[e]!))),
    );
  return {
    checks: [
      equal('k1 as a loss: zero', k1!, new Float64Array(policy.graph.edges)),
      equal('k2 as a loss: ∇KL(π‖ref)', k2!, reverse),
      equal('k3 as a loss: ∇KL(ref‖π)', k3!, forward),
      check(
        'transformer, d = 64, drawn: k1 and k3 have the same mean',
        k1MinusK3.comparison,
        k1MinusK3.tolerance,
      ),
    ],
    controls: [
      wrong('k3 as a loss', 'k3 as a loss has the gradient of KL(π‖ref).', k3!, reverse),
      control(
        subject,
        'transformer, d = 64, drawn: policy equal to its reference',
        'The log-ratio to the reference is zero.',
        away.comparison,
        away.tolerance,
      ),
      wrong('k2 as a loss', 'k2 as a loss has the gradient of KL(ref‖π).', k2!, forward),
    ],
  };
}

/** C9: normalisations on the network: balance within a trajectory, and directions that differ. */
export function normalisationOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const found = NORMALISATIONS.map((estimator) => ({ estimator, gradient: expected(t.policy, estimator) }));
  return {
    checks: found.map(({ estimator, gradient }) => {
      const { comparison, tolerance } = balance(gradient);
      return check(`transformer: ${estimator.label}: balanced within a trajectory`, comparison, tolerance);
    }),
    controls: found.map(({ estimator, gradient }, i) => {
      const other = found[(i + 1) % found.length]!;
      return control(
        subject,
        `transformer: ${estimator.label} declared as ${other.estimator.label}`,
        `The network’s expected gradient under ${estimator.label} is that under ${other.estimator.label}.`,
        distance(t.labelled(gradient.weight), t.labelled(other.gradient.weight)),
        t.rounding(gradient.weight),
      );
    }),
  };
}
