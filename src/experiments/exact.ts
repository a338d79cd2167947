// `exact`: everything that can be said exactly about one tabular policy, and the document that says it.
import { expectedAttempts, rewardBudget } from '../attribution/budget.ts';
import {
  estimatorMoments,
  forwardKlGradient,
  type KlEstimator,
  klGradient,
  klTerms,
  leafRatios,
} from '../attribution/divergence.ts';
import { expectedGradient } from '../attribution/expectedGradient.ts';
import {
  dot,
  expOf,
  type GradientNorms,
  gradientNorms,
  norm2,
  returnMeasure,
  scoreGradient,
} from '../attribution/measure.ts';
import type { Behaviour } from '../attribution/profiles.ts';
import { softOptimum } from '../attribution/softOptimum.ts';
import { InputError } from '../base/errors.ts';
import type { LazyRows } from '../base/json.ts';
import { getObjective } from '../objectives/index.ts';
import type { Options, RawOptions } from '../objectives/objective.ts';
import { edgeLogProbs, type Model, splitTable, tabularModel } from '../policy/model.ts';
import { decisionKeys, type PolicyShape, sampleKeys } from '../policy/shape.ts';
import type { PolicyLogits, TabularPolicy } from '../policy/tabular.ts';

/** ‖·‖₂ of each component and of both together. */
export type Norms = GradientNorms;

/** A gradient with respect to the logits, rows in canonical order. */
export type LogitGradient = PolicyLogits;

/** What an estimator of KL gives in expectation. */
export interface EstimatorResult {
  readonly value: number;
  readonly lossGradient: LogitGradient;
}

/** An objective's exact expected gradient against ∇J. */
export interface ObjectiveResult {
  readonly name: string;
  readonly options: Options;
  readonly gradient: LogitGradient;
  readonly gradientNorm: Norms;
  /** null where a gradient is zero. */
  readonly cosine: {
    readonly sample: number | null;
    readonly decision: number | null;
    readonly total: number | null;
  };
  /** ⟨g, ∇J⟩ / ‖∇J‖²; null where ∇J is zero. */
  readonly scale: number | null;
  readonly balanced: boolean;
}

/** The numbers of gradsplit/exact@1; gradients still as arrays, keyed by history only when written. */
export interface ExactResult {
  readonly trajectories: number;
  readonly expectedAttempts: number;
  readonly reward: {
    readonly mean: number;
    readonly variance: number;
    readonly varianceSample: number;
    readonly varianceDecision: number;
    readonly gradient: LogitGradient;
    readonly gradientNorm: Norms;
  };
  readonly kl: {
    readonly value: number;
    readonly sample: number;
    readonly decision: number;
    readonly gradient: LogitGradient;
    readonly gradientNorm: Norms;
  };
  readonly forwardKl: { readonly value: number; readonly gradient: LogitGradient };
  readonly estimators: Readonly<Record<KlEstimator, EstimatorResult>>;
  readonly regularised: { readonly beta: number; readonly optimum: number };
  readonly objective?: ObjectiveResult;
}

/** What to compute beside the fixed part. */
export interface ExactOptions {
  /** β of the regularised optimum, finite and above 0. */
  readonly beta: number;
  /** An objective and its options, `groupSize` and `behaviour` among them. */
  readonly objective?: { readonly name: string; readonly options: RawOptions };
}

/** Options of the expectation itself, beside those of the objective. */
interface Setting {
  readonly groupSize: number;
  readonly behaviour: Behaviour;
  readonly rest: RawOptions;
}

const MAX_GROUP_SIZE = 64;

/** Takes `groupSize` (default 4) and `behaviour` (default policy; for sft the reference, as the source of demonstrations). */
function expectationOptions(name: string, raw: RawOptions): Setting {
  const { groupSize = 4, behaviour = name === 'sft' ? 'reference' : 'policy', ...rest } = raw;
  const size = Number(groupSize);
  if (!Number.isInteger(size) || size < 1 || size > MAX_GROUP_SIZE || groupSize === '') {
    throw new InputError(
      `option groupSize: expected an integer from 1 to ${MAX_GROUP_SIZE}, found ${JSON.stringify(groupSize)}`,
    );
  }
  if (behaviour !== 'policy' && behaviour !== 'reference') {
    throw new InputError(
      `option behaviour: expected policy or reference, found ${JSON.stringify(behaviour)}`,
    );
  }
  return { groupSize: size, behaviour, rest };
}

/** cos(a, b); null where one of them is zero. */
function cosine(a: Float64Array, b: Float64Array): number | null {
  const [sizeA, sizeB] = [norm2(a), norm2(b)];
  return sizeA === 0 || sizeB === 0 ? null : dot(a, b) / sizeA / sizeB;
}

function objectiveResult(model: Model, gradJ: Float64Array, name: string, raw: RawOptions): ObjectiveResult {
  const { graph } = model;
  const objective = getObjective(name);
  const { groupSize, behaviour, rest } = expectationOptions(name, raw);
  const options = objective.parseOptions(rest);
  const { gradient, balanced } = expectedGradient(model, { objective, options, groupSize, behaviour });
  const parts = [gradient, gradJ].map((g) => splitTable(graph, g));
  const size = dot(gradJ, gradJ);
  return {
    name,
    options: { ...options, groupSize, behaviour },
    gradient: parts[0]!,
    gradientNorm: gradientNorms(graph, gradient),
    cosine: {
      sample: cosine(parts[0]!.sample, parts[1]!.sample),
      decision: cosine(parts[0]!.decision, parts[1]!.decision),
      total: cosine(gradient, gradJ),
    },
    scale: size === 0 ? null : dot(gradient, gradJ) / size,
    balanced,
  };
}

/**
 * Everything exact about a policy, by the recursions on its trajectory tree, in float64.
 * @throws InputError for an unknown objective or option, or more groups than can be enumerated
 */
export function exact(policy: TabularPolicy, { beta, objective }: ExactOptions): ExactResult {
  const model = tabularModel(policy);
  const { graph, reward } = model;
  const logProb = edgeLogProbs(graph, model.logits);
  const logRef = edgeLogProbs(graph, model.reference);
  const prob = expOf(logProb);
  const gradJ = scoreGradient(graph, prob, returnMeasure(graph, prob, reward));
  // The objective comes first: its options may be wrong, and then nothing else need be computed.
  const ofObjective =
    objective === undefined ? undefined : objectiveResult(model, gradJ, objective.name, objective.options);
  const { mean, variance, budget } = rewardBudget(graph, prob, reward);
  const kl = klTerms(graph, logProb, logRef);
  const forward = klTerms(graph, logRef, logProb);
  const gradKl = klGradient(graph, logProb, logRef);
  const leaf = leafRatios(graph, logProb, logRef);
  const split = (gradient: Float64Array): LogitGradient => splitTable(graph, gradient);
  const estimator = (name: KlEstimator): EstimatorResult => {
    const { value, lossGradient } = estimatorMoments(graph, prob, leaf, name);
    return { value, lossGradient: split(lossGradient) };
  };
  return {
    trajectories: graph.leaves,
    expectedAttempts: expectedAttempts(graph, prob),
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
      gradient: split(forwardKlGradient(graph, logProb, logRef)),
    },
    estimators: { k1: estimator('k1'), k2: estimator('k2'), k3: estimator('k3') },
    regularised: {
      beta,
      optimum: softOptimum(graph, logRef, reward, { sample: beta, decision: beta }).value,
    },
    ...(ofObjective === undefined ? {} : { objective: ofObjective }),
  };
}

/** A gradient keyed by history, as in a policy file; rows are made while they are written. */
function keyed(shape: PolicyShape, gradient: LogitGradient): { sample: LazyRows; decision: LazyRows } {
  const rows = (keys: () => Iterable<string>, values: Float64Array, arity: number): LazyRows => ({
    keys,
    row: (i) => values.subarray(i * arity, (i + 1) * arity),
  });
  return {
    sample: rows(() => sampleKeys(shape), gradient.sample, shape.vocabulary),
    decision: rows(() => decisionKeys(shape), gradient.decision, 2),
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

/** The document gradsplit/exact@1. */
export function exactDocument({ shape }: TabularPolicy, result: ExactResult): object {
  const withKeys = (gradient: LogitGradient): object => keyed(shape, gradient);
  const { reward, kl, forwardKl, estimators, regularised, objective } = result;
  const estimator = ({ value, lossGradient }: EstimatorResult): object => ({
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
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
