// The gradient of an objective on a batch of episodes, with its split by component from one stored forward pass.

import type { ComponentNorms } from '../attribution/byComponent.ts';
import {
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
import { type EpisodeBatch, entropies, legalLogits, tokenLogProbs } from '../episodes/index.ts';
import type { Gpt2 } from '../nn/index.ts';
import { sumOfLabels } from '../nn/index.ts';
import { getObjective, type TokenBatch } from '../objectives/index.ts';
import { isUpdated } from '../objectives/loss/tracked.ts';
import { globalNorm } from '../optim/index.ts';
import { COMPONENTS } from '../policy/index.ts';
import type { PhaseConfig } from './config.ts';

/** What an objective needs to know about episodes besides their tokens. */
export interface Outcome {
  /** [N] log π of the policy that drew them; left out where the policy itself is taken, as for SFT. */
  readonly oldLogProb?: Float64Array;
  /** [N] log π of the reference; left out where it is not looked at. */
  readonly refLogProb?: Float64Array;
  /** [B]. */
  readonly reward: Float64Array;
  /** [B] which prompt an episode answers. */
  readonly group: Int32Array;
}

/** The batch as an objective sees it, at these log-probabilities [N]. */
export function tokenBatch(episodes: EpisodeBatch, outcome: Outcome, logProb: Float64Array): TokenBatch {
  const { offsets, mask, component, attempt } = episodes;
  const { oldLogProb = logProb, refLogProb = logProb, reward, group } = outcome;
  return { offsets, mask, component, attempt, logProb, oldLogProb, refLogProb, reward, group };
}

/** What a backward pass gives; NaN where a log-probability is not finite. */
export interface SplitGradient {
  readonly loss: number;
  /** Of the gradient and of its parts, before any clipping. */
  readonly norms: ComponentNorms;
  /** By parameter path, of the parameters' shapes. */
  readonly gradient: Record<string, Tensor>;
}

/**
 * The loss with its entropy bonus as a function of the logits of the response tokens [N, V]: a scalar, NaN where a log-probability is
 * not finite, because objectives are defined on finite ones only.
 */
export function lossOfLogits(
  { objective: name, options, loop }: PhaseConfig,
  episodes: EpisodeBatch,
  outcome: Outcome,
  logits: Tensor,
): Tensor {
  const logProb = tokenLogProbs(logits, episodes);
  const values = Float64Array.from(logProb.readSync());
  if (!values.every(Number.isFinite)) return sum(mul(logProb, Number.NaN));
  const batch = tokenBatch(episodes, outcome, values);
  const objective = getObjective(name);
  const loss = objective.loss(logProb, batch, options);
  const bonus = loop.entropy;
  if (bonus === 0) return loss;
  const { update } = objective.traits(options);
  const { component, mask } = episodes;
  const counted = Float64Array.from(component, (c, t) => (mask[t] === 1 && isUpdated(c, update) ? 1 : 0));
  const count = counted.reduce((n, x) => n + x, 0);
  if (count === 0) return loss;
  const weights = tensor(
    counted.map((x) => (x * bonus) / count),
    { dtype: logits.dtype },
  );
  // L − entropy·mean_t H_t over the tokens that are updated
  return sub(loss, sum(mul(entropies(logits), weights)));
}

/** [N, 1] 1 on tokens of one component. */
function rowsOf({ component }: EpisodeBatch, which: number, like: Tensor): Tensor {
  return tensor(
    Float64Array.from(component, (c) => (c === which ? 1 : 0)),
    { shape: [component.length, 1], dtype: like.dtype },
  );
}

/**
 * The gradient of a loss in two parts, ∇L = ∇_sample + ∇_decision. The loss is differentiated with respect to the logits, each of whose rows
 * belongs to one component, and both parts are pulled back through the network together.
 */
export function splitGradient(
  model: Gpt2,
  parameters: Parameters,
  phase: PhaseConfig,
  episodes: EpisodeBatch,
  outcome: Outcome,
): SplitGradient {
  return scope(() => {
    const { value: logits, pullback } = vjp((p: Parameters) => legalLogits(model, p, episodes), parameters);
    const head = valueAndGrad((x: { logits: Tensor }) => lossOfLogits(phase, episodes, outcome, x.logits));
    const { value: loss, gradient: atLogits } = head({ logits });
    const part = (name: (typeof COMPONENTS)[number]): Tensor =>
      mul(atLogits.logits, rowsOf(episodes, COMPONENTS.indexOf(name), logits));
    const parts = pullback({ sample: part('sample'), decision: part('decision') });
    const gradient = sumOfLabels(parts) as Record<string, Tensor>;
    const norm = (g: Parameters): number => globalNorm(g).readSync()[0]!;
    return {
      loss: loss.readSync()[0]!,
      norms: { total: norm(gradient), sample: norm(parts.sample), decision: norm(parts.decision) },
      gradient,
    };
  });
}
