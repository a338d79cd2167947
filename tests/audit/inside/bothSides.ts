// Batches of trainers that pad on the left as well, verl and SkyRL, as their loss functions get them.
import { contentEnd, promptEnd } from '../../../src/audit/simulator/upstream/written.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import {
  advantageHeld,
  type Call,
  type Given,
  hasSome,
  held,
  idAt,
  isContent,
  type MicroBatch,
  maskAt,
  type NumberField,
  numbersOf,
  promptRows,
  range,
  responseRows,
  stack,
  tensor,
  wholeRows,
} from './layout.ts';
import { averaged, ENDS, groundTruths, present, type Rows, tensors } from './rows.ts';

/** The rows of responses without their padding, as nested tensors have them. */
const unpadded = (own: readonly Trajectory[], rows: readonly number[][]): Given => ({
  nested: rows.map((row, i) => row.slice(0, contentEnd(own[i]!) - promptEnd(own[i]!))),
});

/** verl: a TensorDict. Prompts are padded on the left and responses on the right; where rollouts have several outputs (v1) tensors are nested. */
export function verl({ own, step, rank, ranks, all }: MicroBatch): Call {
  const isNested = hasSome(all, 'rollout');
  const rows: Rows = (of) => responseRows(own, of);
  const given = (values: number[][]): Given => (isNested ? unpadded(own, values) : tensor(values));
  const numbers = (field: NumberField): Given =>
    hasSome(own, field) ? given(rows((t, k) => held(t, field, k))) : null;
  const rewardAt = (t: Trajectory, k: number): number =>
    t.tokenRewards === undefined
      ? k === Math.max(promptEnd(t), contentEnd(t) - 1)
        ? Math.fround(t.reward ?? 0)
        : 0
      : held(t, 'tokenRewards', k);
  const sessions = numbersOf(all.map(({ rollout }) => rollout));
  const texts = (of: (t: Trajectory) => Given): Given =>
    own.some((t) => of(t) !== undefined) ? stack(own.map((t) => of(t) ?? null)) : null;
  const width = Math.max(...own.map(promptEnd));
  const isPrompt = (t: Trajectory): number[] => range(0, width, (k) => Number(k >= width - promptEnd(t)));
  const data = present({
    prompts: isNested
      ? { nested: own.map((t) => range(0, promptEnd(t), (k) => idAt(t, k))) }
      : tensor(promptRows(own, idAt)),
    responses: given(rows(idAt)),
    attention_mask: isNested ? null : tensor(rows(isContent).map((row, i) => [...isPrompt(own[i]!), ...row])),
    response_mask: given(rows(maskAt)),
    old_log_probs: numbers('oldLogProbs'),
    ref_log_prob: numbers('refLogProbs'),
    rollout_log_probs: numbers('samplerLogProbs'),
    values: numbers('values'),
    returns: numbers('returns'),
    advantages: given(rows(advantageHeld)),
    [isNested ? 'rm_scores' : 'token_level_scores']: given(rows(rewardAt)),
    token_level_rewards: given(rows(rewardAt)),
    uid: texts((t) => t.group ?? t.rollout),
    session_id: isNested ? stack(own.map((t) => sessions[all.indexOf(t)]!)) : null,
    reward_model: own.some((t) => t.texts?.groundTruth !== undefined)
      ? stack(groundTruths(own).map((text) => ({ ground_truth: text, style: 'rule' })))
      : null,
    acc: texts((t) => t.correct),
    failure: texts((t) => t.failure),
    min_global_steps: texts((t) => t.versions?.find(Number.isFinite)),
    max_global_steps: texts((t) => t.versions?.findLast(Number.isFinite)),
    training_step: step + 1,
    dp_size: ranks,
  });
  return { name: 'write_verl', arguments: [data, ...averaged(rows, ranks), rank, ENDS] };
}

/** SkyRL: everything is padded on the left. */
export function skyRl({ own, step, rank, ranks, all }: MicroBatch): Call {
  const trimmed = own.map((t) => ({ ...t, length: contentEnd(t) }));
  const rows: Rows = (of) => responseRows(trimmed, of, 'left');
  const groups = numbersOf(all.map(({ group }) => group));
  const rollouts = numbersOf(all.map(({ rollout }) => rollout));
  const rewardAt = (t: Trajectory, k: number): number =>
    t.tokenRewards === undefined
      ? k === t.length - 1
        ? Math.fround(t.reward ?? 0)
        : 0
      : held(t, 'tokenRewards', k);
  const experience = {
    object: {
      sequences: tensor(wholeRows(trimmed, idAt, 'left')),
      attention_mask: tensor(wholeRows(trimmed, () => 1, 'left')),
      loss_mask: tensor(rows(maskAt)),
      response_mask: tensor(rows(() => 1)),
      ...tensors(trimmed, rows, {
        oldLogProbs: 'action_log_probs',
        refLogProbs: 'base_action_log_probs',
        samplerLogProbs: 'rollout_logprobs',
        values: 'values',
        returns: 'returns',
      }),
      info: {
        raw_advantages: tensor(rows(advantageHeld)),
        raw_rewards: tensor(rows(rewardAt)),
        group: tensor(own.map((t) => groups[all.indexOf(t)]!)),
        rollout: hasSome(own, 'rollout') ? tensor(own.map((t) => rollouts[all.indexOf(t)]!)) : null,
        version: hasSome(own, 'versions')
          ? tensor(own.map(({ versions }) => versions?.findLast(Number.isFinite) ?? step))
          : null,
      },
    },
  };
  return {
    name: 'write_skyrl',
    arguments: [experience, ...averaged(rows, ranks), step, rank, ranks, ENDS],
  };
}
