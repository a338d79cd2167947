// `exact`: everything that can be said exactly about one tabular policy, and the document that says it.
import { expectedAttempts, rewardBudget, rewardGradient } from '../attribution/budget.ts';
import { gradientNorms } from '../attribution/byComponent.ts';
import { estimatorMoments, forwardKlGradient, klGradient, klTerms } from '../attribution/divergence.ts';
import { type EvaluatedPolicy, evaluatedPolicy } from '../attribution/evaluatedPolicy.ts';
import { rewardAgreement } from '../attribution/rewardAgreement.ts';
import { softOptimum } from '../attribution/softOptimum.ts';
import {
  checkOptionNames,
  choiceOption,
  completeOptions,
  numberOption,
  ofOwner,
  type RawOptions,
  withDefault,
} from '../base/options.ts';
import type { ExactOf } from '../documents/exact.ts';
import { getObjective } from '../objectives/index.ts';
import type { KlEstimator } from '../objectives/kl.ts';
import type { Objective } from '../objectives/objective.ts';
import { writtenFraction as written } from '../policy/entries.ts';
import { type KeyedLogits, keyedFractions, keyedLogits } from '../policy/format.ts';
import { splitTable } from '../policy/model.ts';
import type { PolicyShape } from '../policy/shape.ts';
import type { PolicyLogits, TabularPolicy } from '../policy/tabular.ts';
import { type ExactFractions, FLOAT_QUANTITIES } from './exactFractions.ts';

/** The numbers of gradsplit/exact@1; gradients as arrays, rows in canonical order, keyed by history only when written. */
export type ExactResult = Omit<ExactOf<PolicyLogits>, 'schema' | 'warnings' | 'fractions'>;

/** What there is to say about a policy without a β or an objective. */
export type ExactNumbers = Omit<ExactResult, 'regularised' | 'objective'>;

/** What an estimator of KL gives in expectation. */
export type EstimatorResult = ExactResult['estimators'][KlEstimator];

/** An objective's exact expected gradient, compared with ∇J. */
export type ObjectiveResult = NonNullable<ExactResult['objective']>;

/** The document, its rows made while it is written. */
export type ExactDocument = ExactOf<KeyedLogits>;

/** What to compute besides the fixed part. */
export interface ExactOptions {
  /** β of the regularised optimum, finite and above 0. */
  readonly beta: number;
  /** An objective and its options, `groupSize` and `behaviour` among them. */
  readonly objective?: { readonly name: string; readonly options: RawOptions };
}

const MAX_GROUP_SIZE = 64;

/** The options of the expectation; demonstrations come from the reference. */
function expectationOptions({ imitates }: Objective) {
  const size = {
    expected: `an integer from 1 to ${MAX_GROUP_SIZE}`,
    holds: (x: number): boolean => Number.isInteger(x) && x >= 1 && x <= MAX_GROUP_SIZE,
  };
  const behaviour = choiceOption(['policy', 'reference'], 'Who draws the trajectories.');
  return {
    groupSize: numberOption(4, size, 'Trajectories drawn together.'),
    behaviour: withDefault(behaviour, imitates ? 'reference' : 'policy'),
  };
}

/** An objective by its name, with its parsed options and how its groups are drawn. */
export function parseObjective(name: string, raw: RawOptions) {
  const objective = getObjective(name);
  const expectation = expectationOptions(objective);
  checkOptionNames(name, Object.keys({ ...objective.options, ...expectation }), raw);
  const options = completeOptions(ofOwner(name), objective.options, raw);
  const asked = completeOptions(ofOwner(name), expectation, raw);
  return { options: { ...options, ...asked }, grouped: { objective, options, ...asked } };
}

/** What is fixed by the policy alone. */
function numbersOf(policy: EvaluatedPolicy): ExactNumbers {
  const { graph, reference } = policy;
  const { mean, variance, budget } = rewardBudget(policy);
  const gradJ = rewardGradient(policy);
  const kl = klTerms(policy, reference);
  const gradKl = klGradient(policy, reference);
  const forward = klTerms(reference, policy);
  const split = (gradient: Float64Array): PolicyLogits => splitTable(graph, gradient);
  const estimator = (name: KlEstimator): EstimatorResult => {
    const { value, lossGradient } = estimatorMoments(policy, name);
    return { value, lossGradient: split(lossGradient) };
  };
  return {
    trajectories: graph.leaves,
    expectedAttempts: expectedAttempts(policy),
    reward: {
      mean,
      variance,
      varianceSample: budget.sample,
      varianceDecision: budget.decision,
      gradient: split(gradJ),
      gradientNorm: gradientNorms(graph, gradJ),
    },
    kl: {
      value: kl.sample + kl.decision,
      ...kl,
      gradient: split(gradKl),
      gradientNorm: gradientNorms(graph, gradKl),
    },
    forwardKl: {
      value: forward.sample + forward.decision,
      gradient: split(forwardKlGradient(policy, reference)),
    },
    estimators: { k1: estimator('k1'), k2: estimator('k2'), k3: estimator('k3') },
  };
}

/**
 * Computes what `exact` says of a policy without a β or an objective.
 * @throws InputError if the policy has too many trajectories to enumerate
 */
export function exactNumbers(tabular: TabularPolicy): ExactNumbers {
  return numbersOf(evaluatedPolicy(tabular));
}

/**
 * Everything exact about a policy: values, budgets, divergences and gradients, by recursions on its trajectory tree in float64.
 * @throws InputError for an unknown objective or option, or if there are more groups than can be enumerated
 * @example
 * ```ts
 * import { exact, randomPolicy } from 'gradsplit';
 * const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
 * const { reward } = exact(policy, { beta: 0.1 });
 * reward.mean; // → 0.381364751
 * reward.varianceDecision / reward.variance; // → 0.347890
 * ```
 */
export function exact(tabular: TabularPolicy, { beta, objective }: ExactOptions): ExactResult {
  // The objective comes first: its options may be wrong, and then nothing else need be computed.
  const asked = objective === undefined ? undefined : parseObjective(objective.name, objective.options);
  const policy = evaluatedPolicy(tabular);
  const { graph } = policy;
  const agreement = asked === undefined ? undefined : rewardAgreement(policy, asked.grouped);
  return {
    ...numbersOf(policy),
    regularised: {
      beta,
      optimum: softOptimum(policy, { sample: beta, decision: beta }).value,
    },
    ...(objective === undefined || asked === undefined || agreement === undefined
      ? {}
      : {
          objective: {
            name: objective.name,
            options: asked.options,
            gradient: splitTable(graph, agreement.gradient),
            gradientNorm: gradientNorms(graph, agreement.gradient),
            cosine: agreement.cosine,
            scale: agreement.scale,
            balanced: agreement.balanced,
          },
        }),
  };
}

/** Notes on what could not be given as a number. */
function objectiveWarnings({ cosine: cos, scale }: ObjectiveResult): string[] {
  const missing = Object.entries(cos).filter(([, value]) => value === null);
  return [
    ...missing.map(([part]) => `objective.cosine.${part} is undefined: a gradient is zero`),
    ...(scale === null ? ['objective.scale is undefined: the gradient of the reward is zero'] : []),
  ];
}

/** The fractions of a document. */
function fractionsOf(shape: PolicyShape, fractions: ExactFractions): NonNullable<ExactDocument['fractions']> {
  const { mean, variance, varianceSample, varianceDecision, gradient } = fractions.reward;
  return {
    expectedAttempts: written(fractions.expectedAttempts),
    reward: {
      mean: written(mean),
      variance: written(variance),
      varianceSample: written(varianceSample),
      varianceDecision: written(varianceDecision),
      gradient: keyedFractions(shape, gradient),
    },
    forwardKl: { gradient: keyedFractions(shape, fractions.forwardKl.gradient) },
    float: FLOAT_QUANTITIES,
  };
}

/**
 * The document gradsplit/exact@1.
 * @param fractions what of it is known in fractions
 */
export function exactDocument(
  { shape }: TabularPolicy,
  result: ExactResult,
  fractions?: ExactFractions,
): ExactDocument {
  const withKeys = (gradient: PolicyLogits): KeyedLogits => keyedLogits(shape, gradient);
  const { reward, kl, forwardKl, estimators, regularised, objective } = result;
  const estimator = ({ value, lossGradient }: EstimatorResult): ExactDocument['estimators'][KlEstimator] => ({
    value,
    lossGradient: withKeys(lossGradient),
  });
  const warnings = objective === undefined ? [] : objectiveWarnings(objective);
  return {
    schema: 'gradsplit/exact@1',
    trajectories: result.trajectories,
    expectedAttempts: result.expectedAttempts,
    reward: { ...reward, gradient: withKeys(reward.gradient) },
    kl: { ...kl, gradient: withKeys(kl.gradient) },
    forwardKl: { ...forwardKl, gradient: withKeys(forwardKl.gradient) },
    estimators: { k1: estimator(estimators.k1), k2: estimator(estimators.k2), k3: estimator(estimators.k3) },
    regularised,
    ...(objective === undefined
      ? {}
      : { objective: { ...objective, gradient: withKeys(objective.gradient) } }),
    ...(fractions === undefined ? {} : { fractions: fractionsOf(shape, fractions) }),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
