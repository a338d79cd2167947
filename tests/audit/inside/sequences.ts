// Batches of trainers that pad whole sequences on the right, NeMo-RL and OpenRLHF, as their loss functions get them.
import { contentEnd, promptEnd } from '../../../src/audit/simulator/upstream/written.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import {
  advantageHeld,
  type Call,
  hasSome,
  held,
  idAt,
  isContent,
  leafAndLoss,
  type MicroBatch,
  maskAt,
  numbersOf,
  tensor,
  wholeRows,
} from './layout.ts';
import { averaged, ENDS, gradientAt, groundTruths, present, type Rows, tensors } from './rows.ts';

/** NeMo-RL: whole sequences padded on the right; log-probs of the loss begin at the second token. */
export function nemoRl({ own, step, rank, all }: MicroBatch): Call {
  const rows: Rows = (of) => wholeRows(own, of);
  const groups = numbersOf(all.map(({ group }) => group));
  const isMasked = (t: Trajectory): boolean => t.mask.every((m) => m === 0);
  const data = present({
    input_ids: tensor(rows(idAt)),
    input_lengths: tensor(own.map(contentEnd)),
    token_mask: tensor(
      rows((t, k) => (isMasked(t) ? Number(k >= promptEnd(t) && k < contentEnd(t)) : maskAt(t, k))),
    ),
    sample_mask: tensor(own.map((t) => Number(!isMasked(t)))),
    advantages: tensor(rows(advantageHeld)),
    ...tensors(own, rows, {
      oldLogProbs: 'prev_logprobs',
      refLogProbs: 'reference_policy_logprobs',
      samplerLogProbs: 'generation_logprobs',
    }),
    prompt_length: tensor(own.map(promptEnd)),
    group: tensor(own.map((t) => groups[all.indexOf(t)]!)),
    rewards: tensor(own.map(({ reward = 0 }) => Math.fround(reward))),
    truncated: tensor(own.map(({ truncated }) => truncated === true)),
    unshaped: hasSome(own, 'correct') ? tensor(own.map(({ correct }) => Number(correct))) : null,
    failure_reason: hasSome(own, 'failure') ? own.map(({ failure }) => failure ?? null) : null,
  });
  const shifted = (of: (t: Trajectory, k: number) => number): number[][] =>
    rows(of).map((row) => row.slice(1));
  const [leaf, loss] = leafAndLoss(
    shifted((t, k) => held(t, 'logProbs', k)),
    shifted(gradientAt(1)),
  );
  return { name: 'write_nemo_rl', arguments: [data, leaf, loss, step, rank, ENDS] };
}

/** OpenRLHF: sequences padded on the right; everything else begins at the second token. */
export function openRlhf({ own, step, rank, ranks, microbatch }: MicroBatch): Call {
  const rows: Rows = (of) => wholeRows(own, of).map((row) => row.slice(1));
  const extras = [...new Set(own.flatMap((t) => Object.keys(t.extras ?? {})))];
  const experience = {
    object: {
      sequences: tensor(wholeRows(own, idAt)),
      attention_mask: tensor(wholeRows(own, isContent)),
      action_mask: tensor(rows(maskAt)),
      ...tensors(own, rows, {
        oldLogProbs: 'action_log_probs',
        refLogProbs: 'base_action_log_probs',
        samplerLogProbs: 'rollout_log_probs',
        values: 'values',
        returns: 'returns',
      }),
      advantages: tensor(rows(advantageHeld)),
      rewards: tensor(own.map(({ reward = 0 }) => Math.fround(reward))),
      truncated: tensor(own.map(({ truncated }) => truncated === true)),
      prompts: own.map(({ group = '' }) => group),
      labels: groundTruths(own),
      info: {
        reward: tensor(own.map(({ reward = 0 }) => Math.fround(reward))),
        // Items of the replay buffer are joined to lists.
        prompt_length: own.map((t) => tensor(promptEnd(t))),
        failed: own.map(({ failure }) => tensor(failure !== undefined)),
        ppo_kl: tensor(0),
        ...Object.fromEntries(
          extras.map((name) => [name, own.map((t) => tensor(Math.fround(t.extras?.[name] ?? Number.NaN)))]),
        ),
      },
    },
  };
  return {
    name: 'write_openrlhf',
    arguments: [experience, ...averaged(rows, ranks), step, microbatch, rank, ranks, ENDS],
  };
}
