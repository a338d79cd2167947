// The objectives that a fit tries: each with the options that are not fitted, and which of them share a surrogate.
import { InputError } from '../../base/errors.ts';
import type { Options, RawOptions } from '../../base/options.ts';
import { randomStream } from '../../base/random.ts';
import {
  getObjective,
  type Objective,
  objectiveNames,
  type TokenBatch,
  trainerNames,
  trainers,
} from '../../objectives/index.ts';
import type { TermWeights, WeightParts } from '../../objectives/objective.ts';
import type { ClipEvidence, SeenBounds } from './clipBounds.ts';

/** One objective with options, apart from the aggregation and the penalty in the loss, which are fitted. */
export interface Candidate {
  readonly name: string;
  readonly objective: Objective;
  /** Complete; β is 0, and the divisor of `constant` 1. */
  readonly options: Options;
  /** The aggregation and the estimator that the objective has by default. */
  readonly usual: { readonly aggregation: string; readonly klEstimator: string };
  readonly parts: WeightParts<Options>;
  /** What logged weights show of its clip, if anything. */
  readonly bounds?: SeenBounds;
}

/** Conventions of the standard deviation, each tried where an objective divides by one. */
const STANDARD: readonly RawOptions[] = [1e-4, 1e-6, 1e-9].flatMap((stdEpsilon) => [
  { stdEpsilon, ddof: 1 },
  { stdEpsilon, ddof: 0 },
]);

/** Option sets of an objective: its defaults, and what trainers differ in. */
function variants({ options }: Objective): readonly RawOptions[] {
  if (!Object.hasOwn(options, 'stdEpsilon')) return [{}];
  if (!Object.hasOwn(options, 'normalizeByStd')) return [{}, ...STANDARD];
  return [{}, ...STANDARD.map((one) => ({ ...one, normalizeByStd: true })), { normalizeByStd: false }];
}

/** Every objective, and every one as a trainer has it, such as `grpo@verl`. */
function everyName(): string[] {
  const asTrained = trainerNames.flatMap((trainer) =>
    Object.keys(trainers[trainer].presets).map((name) => `${name}@${trainer}`),
  );
  return [...objectiveNames, ...asTrained];
}

/** The candidate, and the same one with the bounds of its clip that are seen, where these are others. */
function withBounds(candidate: Candidate, evidence: ClipEvidence | undefined): Candidate[] {
  const bounds = evidence?.boundsOf(candidate.options);
  if (bounds === undefined) return [candidate];
  if (Object.keys(bounds.options).length === 0) return [{ ...candidate, bounds }];
  try {
    const options = candidate.objective.parseOptions({ ...candidate.options, ...bounds.options });
    return [candidate, { ...candidate, options, bounds }];
  } catch (error) {
    // Beyond what the objective takes.
    if (error instanceof InputError) return [candidate];
    throw error;
  }
}

/**
 * The candidates of these objectives. Objectives with a critic, and those whose weights need the whole batch at once, are left out.
 * @param names as `getObjective` takes them
 * @param evidence of the bounds of a clip; without it only those are tried that an objective has by default
 */
export function candidatesOf(names: readonly string[] = everyName(), evidence?: ClipEvidence): Candidate[] {
  const seen = new Set<string>();
  return names.flatMap((name) => {
    const objective = getObjective(name);
    const { parts } = objective;
    if (parts === undefined) return [];
    return variants(objective).flatMap((raw): Candidate[] => {
      const usual = objective.parseOptions(raw);
      const options = {
        ...usual,
        ...(Object.hasOwn(usual, 'beta') ? { beta: 0 } : {}),
        ...(Object.hasOwn(usual, 'maxLength') ? { maxLength: 1 } : {}),
      };
      const key = JSON.stringify([name, options]);
      if (seen.has(key) || usual.critic === 'value') return [];
      seen.add(key);
      const { aggregation, klEstimator } = usual;
      const candidate = {
        name,
        objective,
        options,
        parts,
        usual: { aggregation: String(aggregation), klEstimator: String(klEstimator ?? '') },
      };
      return withBounds(candidate, evidence);
    });
  });
}

/** The policy term of a batch of one at A = advantage and c = 1. */
export function atUnitScale(
  { parts, options }: Pick<Candidate, 'parts' | 'options'>,
  batch: TokenBatch,
  advantage: number,
): TermWeights {
  const trajectories = batch.offsets.length - 1;
  return parts.weights(
    batch,
    {
      advantage: new Float64Array(trajectories).fill(advantage),
      coefficient: new Float64Array(trajectories).fill(1),
    },
    options,
  );
}

/** Trajectories and tokens of the batch that surrogates are told apart on. */
const PROBE = { trajectories: 200, tokens: 8 };

/** Ratios and distances from 1e-4 to beyond every usual clip, by token and by sequence. */
function probeBatch(): TokenBatch {
  const random = randomStream(1, 'surrogates');
  const { trajectories, tokens } = PROBE;
  const count = trajectories * tokens;
  const fill = (of: (t: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, t) => of(t));
  const logProb = fill(() => -3 * random.uniform() - 0.01);
  const sizes = Array.from({ length: trajectories }, () => 10 ** (-4 + 4.5 * random.uniform()));
  const moved = (): Float64Array =>
    logProb.map((x, t) => x + sizes[Math.floor(t / tokens)]! * (2 * random.uniform() - 1));
  return {
    offsets: Int32Array.from({ length: trajectories + 1 }, (_, i) => i * tokens),
    logProb,
    oldLogProb: moved(),
    refLogProb: moved(),
    samplerLogProb: moved(),
    mask: new Uint8Array(count).fill(1),
    component: Uint8Array.from({ length: count }, (_, t) => t % 2),
    attempt: Int32Array.from({ length: count }, (_, t) => Math.floor((t % tokens) / 4)),
    reward: new Float64Array(trajectories),
    group: new Int32Array(trajectories),
  };
}

/** What a candidate does apart from its advantages. */
export interface Terms {
  /** Number of its surrogate. */
  readonly surrogate: number;
  /** Whether a penalty in the loss is to the sampler instead of the reference; undefined if there can be none. */
  readonly penaltyIsToSampler: boolean | undefined;
}

/** The terms of each candidate, and for each surrogate a candidate that has it. */
export interface Surrogates {
  readonly of: readonly Terms[];
  readonly examples: readonly Candidate[];
}

/** Which candidates have equal policy terms on a batch with all kinds of ratios. */
export function surrogatesOf(candidates: readonly Candidate[]): Surrogates {
  const batch = probeBatch();
  const swapped = { ...batch, refLogProb: batch.logProb };
  const ofName = new Map<string, Terms>();
  const ofKey = new Map<string, number>();
  const examples: Candidate[] = [];
  const of = candidates.map((candidate) => {
    const { clipLow, clipHigh, dualClip } = candidate.options;
    // Candidates of one name and one clip differ in their advantages only.
    const nameAndClip = JSON.stringify([candidate.name, clipLow, clipHigh, dualClip]);
    const known = ofName.get(nameAndClip);
    if (known !== undefined) return known;
    const terms = [1, -1].map((a) => atUnitScale(candidate, batch, a).policy.join(' '));
    // Bounds that lie between the same ratios of the probe are still other bounds.
    const key = JSON.stringify([clipLow, clipHigh, dualClip, ...terms]);
    const number = ofKey.get(key) ?? examples.length;
    if (number === examples.length) examples.push(candidate);
    ofKey.set(key, number);
    const found = {
      surrogate: number,
      penaltyIsToSampler: penaltyIsToSampler(candidate, batch, swapped),
    };
    ofName.set(nameAndClip, found);
    return found;
  });
  return { of, examples };
}

/**
 * As `Terms` says: whether the penalty stays the same under another reference.
 * @param swapped the batch with other log-probs of the reference
 */
function penaltyIsToSampler(
  { parts, options }: Candidate,
  batch: TokenBatch,
  swapped: TokenBatch,
): boolean | undefined {
  if (!Object.hasOwn(options, 'beta') || !Object.hasOwn(options, 'klEstimator')) return undefined;
  const penalised = { ...options, beta: 1, klEstimator: 'k2', klPlacement: 'loss' };
  const klOf = (given: TokenBatch): string | undefined =>
    atUnitScale({ parts, options: penalised }, given, 1).kl?.join(' ');
  return klOf(batch) === klOf(swapped);
}
