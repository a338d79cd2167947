// Labels: which component a token belongs to, and which term of the objective acts on it. A label is a vector of seeds, one per token.
import { InputError } from '../../base/errors.ts';
import type { Options } from '../../base/options.ts';
import type { Objective, TokenBatch } from '../../objectives/index.ts';

/** Part of a gradient: the tokens of one component, under one term of the objective. */
export interface Label {
  /** Such as `sample`, `decision`, `eos`; any segments will do. */
  readonly component: string;
  /** `policy` is what the objective maximises, `kl` a penalty in its loss. */
  readonly term: string;
}

/** Which segment every token belongs to. */
export interface Segments {
  readonly names: readonly string[];
  /** [N] the place of a token's segment in `names`. */
  readonly of: Uint8Array;
}

/** A label with its seeds. */
export interface SeededLabel extends Label {
  /** [N] −∂L/∂log π_t of this term on the tokens of this component, 0 on all others. */
  readonly seeds: Float64Array;
}

/** The name of a label, such as `decision/kl`. */
export function labelName({ component, term }: Label): string {
  return `${component}/${term}`;
}

/** The terms of the weights of an objective, [N] each; their sum is −∂L/∂log π_t but for rounding. */
function termsOf(objective: Objective, batch: TokenBatch, options: Options): Record<string, Float64Array> {
  const { parts } = objective;
  if (parts === undefined) return { policy: objective.weights(batch, options) };
  const { policy, kl } = parts.weights(batch, parts.scales(parts.numbers(batch, options), options), options);
  return kl === undefined ? { policy } : { policy, kl };
}

/**
 * The labels of an objective on a batch: each component times each term of which some token has a weight. Their seeds add up to the weights of
 * the objective but for rounding; ∇ of the label is Σ_t seeds_t·∇ log π_t.
 * @param segments the components; those of the batch if it has no others
 * @throws InputError if no token has a weight; what `weights` of the objective throws
 * @example
 * ```ts
 * import { labelsOf } from 'gradsplit/attribution';
 * import { getObjective } from 'gradsplit/objectives';
 * const tokens = { offsets: Int32Array.of(0, 2, 4), mask: Uint8Array.of(1, 1, 1, 1), attempt: new Int32Array(4) };
 * const logProb = Float64Array.of(-1, -2, -1, -2);
 * const batch = {
 *   ...tokens, logProb, oldLogProb: logProb, refLogProb: logProb,
 *   component: Uint8Array.of(0, 1, 0, 1), reward: Float64Array.of(1, 0), group: Int32Array.of(0, 0),
 * };
 * const rloo = getObjective('rloo');
 * const labels = labelsOf(rloo, batch, rloo.parseOptions({}), { names: ['sample', 'decision'], of: batch.component });
 * labels.map(({ component, term }) => `${component}/${term}`); // → ['sample/policy', 'decision/policy']
 * ```
 */
export function labelsOf(
  objective: Objective,
  batch: TokenBatch,
  options: Options,
  segments: Segments,
): SeededLabel[] {
  const labels: SeededLabel[] = [];
  const terms = Object.entries(termsOf(objective, batch, options));
  for (const [c, component] of segments.names.entries()) {
    for (const [term, weights] of terms) {
      const seeds = weights.map((w, t) => (segments.of[t] === c ? w : 0));
      if (seeds.some((w) => w !== 0)) labels.push({ component, term, seeds });
    }
  }
  if (labels.length > 0) return labels;
  const trained = batch.mask.some((m) => m === 1);
  throw new InputError(
    trained
      ? `objective ${objective.name}: expected a weight on some token, found 0 on all ${batch.mask.length}: no gradient flows`
      : `the mask: expected a token that takes part in the loss, found all ${batch.mask.length} masked out`,
  );
}

/** Σ of the seeds of all labels, [N]: the weights of the objective but for rounding. */
export function totalSeeds(labels: readonly SeededLabel[]): Float64Array {
  const total = new Float64Array(labels[0]!.seeds.length);
  for (const { seeds } of labels) for (let t = 0; t < total.length; t++) total[t]! += seeds[t]!;
  return total;
}
