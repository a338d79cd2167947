// Batches of trainers that pack sequences behind each other: prime-rl, open-instruct and slime, as their loss functions get them.
import { contentEnd, promptEnd } from '../../../src/audit/simulator/upstream/written.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import {
  advantageHeld,
  type Call,
  type Given,
  hasSome,
  held,
  idAt,
  leafAndLoss,
  type MicroBatch,
  maskAt,
  type NumberField,
  numbersOf,
  range,
  tensor,
} from './layout.ts';

/** A number of every token of all trajectories, one behind the other, and then padding. */
function packed(own: readonly Trajectory[], of: (t: Trajectory, k: number) => number, padding = 0): number[] {
  return [
    ...own.flatMap((t) => range(0, contentEnd(t), (k) => of(t, k))),
    ...new Array<number>(padding).fill(0),
  ];
}

/** prime-rl: [1, tokens], the last sequence padded; log-probs at the place of their token. */
export function primeRl({ own, step, rank, microbatch }: MicroBatch): Call {
  const padding = 3;
  const row = (of: (t: Trajectory, k: number) => number): number[] => packed(own, of, padding);
  const lengths = own.map(contentEnd);
  const numbers = (field: NumberField): Given =>
    hasSome(own, field) ? tensor([row((t, k) => held(t, field, k))]) : null;
  const microBatch = {
    input_ids: tensor([row(idAt)]),
    position_ids: tensor([row((_, k) => k)]),
    loss_mask: tensor([row(maskAt).map((m) => m === 1)]),
    advantages: tensor([row((t, k) => (maskAt(t, k) ? advantageHeld(t, k) : 0))]),
    inference_logprobs: numbers('samplerLogProbs') ?? tensor([row(() => 0)]),
    ref_logprobs: numbers('refLogProbs'),
    rl_weights: null,
    env_names: [
      ...own.flatMap((t) => range(0, contentEnd(t), () => 'simulated')),
      ...range(0, padding, () => ''),
    ],
    sequence_lengths: lengths.map((length, i) => (i === lengths.length - 1 ? length + padding : length)),
  };
  const [leaf, loss] = leafAndLoss(
    [row((t, k) => held(t, 'logProbs', k))],
    [row((t, k) => -held(t, 'weights', k))],
  );
  return { name: 'write_prime_rl', arguments: [microBatch, leaf, loss, step, microbatch, rank] };
}

/** What open-instruct puts where nothing is trained. */
const INVALID_LOGPROB = 1;

/** open-instruct: rows [1, tokens] by micro-batch; log-probs of the loss begin at the second token. */
export function openInstruct({ own, step, rank, ranks }: MicroBatch): Call {
  const row = (of: (t: Trajectory, k: number) => number): Given => tensor([packed(own, of)]);
  const shifted = (of: (t: Trajectory, k: number) => number): number[][] => [packed(own, of).slice(1)];
  const masked = (field: NumberField): number[][] =>
    shifted((t, k) => (maskAt(t, k) === 1 ? held(t, field, k) : INVALID_LOGPROB));
  const logProbs = (field: NumberField): Given => (hasSome(own, field) ? tensor(masked(field)) : null);
  const data = {
    object: {
      query_responses: [row(idAt)],
      attention_masks: [tensor([own.flatMap((t, i) => range(0, contentEnd(t), () => i + 1))])],
      response_masks: [tensor([packed(own, maskAt).map((m) => m === 1)])],
      advantages: [row((t, k) => (maskAt(t, k) ? advantageHeld(t, k) : 0))],
      vllm_logprobs: [row((t, k) => (k < promptEnd(t) ? Number.NaN : held(t, 'samplerLogProbs', k)))],
    },
  };
  const [leaf, loss] = leafAndLoss(
    masked('logProbs'),
    shifted((t, k) => -held(t, 'weights', k) * ranks),
  );
  return {
    name: 'write_open_instruct',
    arguments: [data, 0, leaf, logProbs('oldLogProbs'), logProbs('refLogProbs'), loss, step, rank, ranks],
  };
}

/** slime: lists of tensors by sample; the log-probs of all samples are one tensor. */
export function slime({ own, step, rank, all }: MicroBatch): Call {
  const response = (t: Trajectory, of: (t: Trajectory, k: number) => number): number[] =>
    range(promptEnd(t), contentEnd(t), (k) => of(t, k));
  const lists = (field: NumberField): Given =>
    hasSome(own, field) ? own.map((t) => tensor(response(t, (_, k) => held(t, field, k)))) : null;
  const groups = numbersOf(all.map(({ group }) => group));
  const batch = {
    unconcat_tokens: own.map((t) => tensor(range(0, contentEnd(t), (k) => idAt(t, k)))),
    total_lengths: own.map(contentEnd),
    response_lengths: own.map((t) => contentEnd(t) - promptEnd(t)),
    loss_masks: own.map((t) => tensor(response(t, maskAt))),
    advantages: own.map((t) => tensor(response(t, advantageHeld))),
    log_probs: lists('oldLogProbs'),
    ref_log_probs: lists('refLogProbs'),
    rollout_log_probs: lists('samplerLogProbs'),
    values: lists('values'),
    returns: lists('returns'),
    sample_indices: own.map((t) => groups[all.indexOf(t)]!),
    rollout_ids: null,
    truncated: own.map(({ truncated }) => Number(truncated === true)),
  };
  const [leaf, loss] = leafAndLoss(
    own.flatMap((t) => response(t, (_, k) => held(t, 'logProbs', k))),
    own.flatMap((t) => response(t, (_, k) => -held(t, 'weights', k) * all.length)),
  );
  return { name: 'write_slime', arguments: [batch, leaf, loss, 1 / all.length, rank, step] };
}
