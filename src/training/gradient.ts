// Computes the gradient of an objective on a batch of episodes and splits it by component, with one stored forward pass.

import {
  add,
  gather,
  indices,
  logSumExp,
  mul,
  type Parameters,
  scope,
  sub,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
} from '../autodiff/index.ts';
import type { MetricsLine } from '../documents/train.ts';
import {
  type EpisodeBatch,
  entropies,
  legalLogits,
  logitsInParts,
  type MicroBatch,
  microBatches,
  tokenLogProbs,
} from '../episodes/index.ts';
import { type Network, sumOfLabels } from '../nn/index.ts';
import { getObjective, type TokenBatch } from '../objectives/index.ts';
import { isUpdated } from '../objectives/loss/tracked.ts';
import { globalNorm } from '../optim/index.ts';
import { COMPONENTS } from '../policy/index.ts';
import type { PhaseConfig } from './config.ts';

/**
 * An `Outcome` holds what an objective needs to know about B episodes with N response tokens, besides the
 * tokens.
 */
export interface Outcome {
  /** [N] log π under the policy that drew the episodes; if left out, the policy being trained, as for SFT. */
  readonly oldLogProb?: Float64Array;
  /** [N] log π under the reference; left out where the objective does not use it. */
  readonly refLogProb?: Float64Array;
  /** [B] the reward of each episode. */
  readonly reward: Float64Array;
  /** [B] the index of the prompt that each episode answers. */
  readonly group: Int32Array;
}

/** Returns the batch as an objective sees it, at these log-probabilities, [N]. */
export function tokenBatch(episodes: EpisodeBatch, outcome: Outcome, logProb: Float64Array): TokenBatch {
  const { offsets, mask, component, attempt } = episodes;
  const { oldLogProb = logProb, refLogProb = logProb, reward, group } = outcome;
  return { offsets, mask, component, attempt, logProb, oldLogProb, refLogProb, reward, group };
}

/**
 * A `SplitGradient` is the result of a backward pass. Its numbers are NaN where a log-probability is not
 * finite.
 */
export interface SplitGradient {
  readonly loss: number;
  /** The ℓ₂ norms of the gradient and of its two parts, before any clipping; null for parts that were not asked for. */
  readonly norms: MetricsLine['gradNorm'];
  /** The gradient by parameter path, with the shapes of the parameters. */
  readonly gradient: Record<string, Tensor>;
}

/** Returns the coefficients of what is maximised besides the objective, by token of the logits. */
function bonuses(phase: PhaseConfig): { entropy: number; value: number } {
  const value = phase.learnsFrom === 'episodes' ? 0 : phase.loop.valueBonus;
  return { entropy: phase.loop.entropy, value };
}

/**
 * Computes the loss with its bonuses from the logits of the response tokens, [N, V]. The result is a
 * scalar; it is NaN where a log-probability is not finite, because objectives are defined on finite ones
 * only.
 */
export function lossOfLogits(
  phase: PhaseConfig,
  episodes: EpisodeBatch,
  outcome: Outcome,
  logits: Tensor,
): Tensor {
  const { objective: name, options } = phase;
  const logProb = tokenLogProbs(logits, episodes);
  const values = Float64Array.from(logProb.readSync());
  if (!values.every(Number.isFinite)) return sum(mul(logProb, Number.NaN));
  const batch = tokenBatch(episodes, outcome, values);
  const objective = getObjective(name);
  const loss = objective.loss(logProb, batch, options);
  const { entropy, value } = bonuses(phase);
  if (entropy === 0 && value === 0) return loss;
  const { update } = objective.traits(options);
  const { component, mask } = episodes;
  const counted = Float64Array.from(component, (c, t) => (mask[t] === 1 && isUpdated(c, update) ? 1 : 0));
  const count = counted.reduce((n, x) => n + x, 0);
  if (count === 0) return loss;
  const meanOf = (perToken: Tensor, coefficient: number): Tensor =>
    sum(
      mul(
        perToken,
        tensor(
          counted.map((x) => (x * coefficient) / count),
          { dtype: logits.dtype },
        ),
      ),
    );
  // L − entropy·mean_t H_t − value·mean_t V_t over the tokens that are updated
  const withEntropy = entropy === 0 ? loss : sub(loss, meanOf(entropies(logits), entropy));
  return value === 0 ? withEntropy : sub(withEntropy, meanOf(logSumExp(logits), value));
}

/** Returns 1 at the tokens of one component and 0 elsewhere, [N, 1]. */
function rowsOf({ component }: EpisodeBatch, which: number, like: Tensor): Tensor {
  return tensor(
    Float64Array.from(component, (c) => (c === which ? 1 : 0)),
    { shape: [component.length, 1], dtype: like.dtype },
  );
}

/** Something for each label: for each component, or for the whole gradient. */
type ByLabel<T> = Readonly<Record<string, T>>;

/** The logits of a batch, [N, V], and the map from their cotangents by label to gradients of the parameters. */
interface Passed {
  readonly logits: Tensor;
  pullback(cotangents: ByLabel<Tensor>): ByLabel<Parameters>;
}

/** Passes a whole batch through the network and keeps what the derivative needs. */
function passWhole(model: Network, parameters: Parameters, episodes: EpisodeBatch): Passed {
  const { value: logits, pullback } = vjp((p: Parameters) => legalLogits(model, p, episodes), parameters);
  return { logits, pullback };
}

/** Adds one record of gradients to a sum, which is disposed of. */
function addTo(sum: ByLabel<Parameters> | undefined, one: ByLabel<Parameters>): ByLabel<Parameters> {
  if (sum === undefined) return one;
  return mapLabels(one, (own, label) =>
    Object.fromEntries(
      Object.entries(own).map(([path, term]) => {
        const before = sum[label]![path]!;
        const after = add(before, term);
        before.dispose();
        term.dispose();
        return [path, after];
      }),
    ),
  );
}

function mapLabels<T, U>(values: ByLabel<T>, convert: (value: T, label: string) => U): ByLabel<U> {
  return Object.fromEntries(Object.entries(values).map(([label, value]) => [label, convert(value, label)]));
}

/**
 * Passes one micro-batch after the other through the network, once for the logits and once more for the derivative, which is the sum
 * over the micro-batches in their order.
 */
function passInParts(model: Network, parameters: Parameters, parts: readonly MicroBatch[]): Passed {
  return {
    logits: logitsInParts(model, parameters, parts),
    pullback(cotangents) {
      let sum: ByLabel<Parameters> | undefined;
      for (const part of parts) {
        const one = scope(() => {
          const { pullback } = vjp((p: Parameters) => legalLogits(model, p, part), parameters);
          return pullback(mapLabels(cotangents, (all) => gather(all, indices(part.tokens))));
        });
        sum = addTo(sum, one);
      }
      return sum!;
    },
  };
}

/**
 * Computes the gradient of a loss in two parts, ∇L = ∇_sample + ∇_decision. The loss is differentiated with
 * respect to the logits. Each row of logits belongs to one component, and both parts are pulled back through
 * the network together.
 *
 * In micro-batches the loss, and its cotangents at the logits, are still those of the whole batch, to the bit: what an objective divides
 * by, and what it compares within a group, is never cut. The gradient of a parameter is a sum over rows of the batch, which is then
 * added up in another order: it differs from the gradient without micro-batches by rounding, at most by (rows + micro-batches)·ε times
 * the sum of the magnitudes of its terms.
 *
 * Without the split the cotangents are pulled back as one. The gradient is the same up to rounding, and the norms of its parts are null.
 * @param microBatch the largest number of episodes that go through the network at once; all if left out
 * @param split whether the two parts are told apart; true if left out
 */
export function splitGradient(
  model: Network,
  parameters: Parameters,
  phase: PhaseConfig,
  episodes: EpisodeBatch,
  outcome: Outcome,
  microBatch = Number.POSITIVE_INFINITY,
  split = true,
): SplitGradient {
  return scope(() => {
    const whole = episodes.offsets.length - 1 <= microBatch;
    const { logits, pullback } = whole
      ? passWhole(model, parameters, episodes)
      : passInParts(model, parameters, microBatches(episodes, microBatch));
    const head = valueAndGrad((x: { logits: Tensor }) => lossOfLogits(phase, episodes, outcome, x.logits));
    const { value: loss, gradient: atLogits } = head({ logits });
    const part = (name: (typeof COMPONENTS)[number]): Tensor =>
      mul(atLogits.logits, rowsOf(episodes, COMPONENTS.indexOf(name), logits));
    const parts = pullback(
      split ? { sample: part('sample'), decision: part('decision') } : { whole: atLogits.logits },
    );
    const gradient = sumOfLabels(parts) as Record<string, Tensor>;
    const norm = (g: Parameters | undefined): number | null =>
      g === undefined ? null : globalNorm(g).readSync()[0]!;
    return {
      loss: loss.readSync()[0]!,
      norms: { total: norm(gradient)!, sample: norm(parts.sample), decision: norm(parts.decision) },
      gradient,
    };
  });
}
