// Batches of TRL and ms-swift, as their loss functions get them.
import { EOS } from '../../../src/audit/simulator/index.ts';
import { contentEnd, promptEnd } from '../../../src/audit/simulator/upstream/written.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import {
  advantageHeld,
  type Call,
  type Given,
  hasSome,
  idAt,
  isContent,
  type MicroBatch,
  maskAt,
  numbersOf,
  promptRows,
  range,
  responseRows,
  tensor,
  wholeRows,
} from './layout.ts';
import { averaged, drawnOf, groundTruths, present, type Rows, TOOL, tensors } from './rows.ts';

/** The reward functions, and what they gave; one where a trajectory has a sum only. */
function rewardsOf({ own, all }: MicroBatch): { names: readonly string[]; rows: readonly Given[] } {
  const names = [...new Set(all.flatMap(({ rewards }) => Object.keys(rewards ?? {})))];
  const of = (t: Trajectory, name: string): number => Math.fround(t.rewards?.[name] ?? Number.NaN);
  if (names.length > 0) return { names, rows: own.map((t) => names.map((name) => of(t, name))) };
  return { names: ['reward'], rows: own.map((t) => [Math.fround(t.reward ?? Number.NaN)]) };
}

/** How many log-probs the sampler gave for a response. */
function sampledOf(t: Trajectory): number {
  let end = contentEnd(t);
  const isLeftOut = (k: number): boolean =>
    t.mask[k] === 1 && Number.isNaN(t.samplerLogProbs![k]) && !t.nan?.some(({ token }) => token === k);
  while (end > promptEnd(t) && isLeftOut(end - 1)) end--;
  return end - promptEnd(t);
}

/** TRL: prompts padded on the left, completions on the right. */
export function trl(batch: MicroBatch): Call {
  const { own, step, rank, ranks, microbatch, all } = batch;
  const rows: Rows = (of) => responseRows(own, of);
  const { names, rows: rewards } = rewardsOf(batch);
  const groups = numbersOf(all.map(({ group }) => group));
  const isByToken = own.some(({ advantage }) => typeof advantage === 'object');
  const inputs = present({
    prompt_ids: tensor(promptRows(own, idAt)),
    prompt_mask: tensor(
      promptRows(own, () => 1).map((row, i) =>
        row.map((_, k) => Number(k >= row.length - promptEnd(own[i]!))),
      ),
    ),
    completion_ids: tensor(rows(idAt)),
    completion_mask: tensor(rows((t, k) => (isContent(t, k) ? 1 : maskAt(t, k)))),
    tool_mask: tensor(rows((t, k) => (isContent(t, k) ? maskAt(t, k) : 1))),
    advantages: tensor(isByToken ? rows(advantageHeld) : own.map((t) => advantageHeld(t, 0))),
    num_items_in_batch: tensor(all.reduce((sum, t) => sum + t.mask.reduce((a, b) => a + b, 0), 0)),
    ...tensors(own, rows, {
      oldLogProbs: 'old_per_token_logps',
      refLogProbs: 'ref_per_token_logps',
      samplerLogProbs: 'sampling_per_token_logps',
    }),
    length: tensor(own.map((t) => contentEnd(t) - promptEnd(t))),
    group: tensor(own.map((t) => groups[all.indexOf(t)]!)),
    rewards_per_func: tensor(rewards),
    version: tensor(own.map(({ versions }) => versions?.findLast(Number.isFinite) ?? step)),
    solution: groundTruths(own),
    sampled: hasSome(own, 'samplerLogProbs') ? tensor(own.map(sampledOf)) : null,
    drawn: own.map(drawnOf),
  });
  const trainer = {
    object: {
      accelerator: { object: { process_index: rank, num_processes: ranks } },
      state: { object: { global_step: step } },
      _step: microbatch,
      _tokenizer: { object: { eos_token_id: EOS } },
      reward_func_names: names,
    },
  };
  return { name: 'write_trl', arguments: [trainer, inputs, ...averaged(rows, ranks)] };
}

/** Metrics of the micro-batch: numbers that all of its trajectories have in common. */
function metricsOf(own: readonly Trajectory[]): Given {
  const [{ extras = {} } = {}, ...others] = own;
  const common = Object.entries(extras).filter(([name, x]) => others.every((t) => t.extras?.[name] === x));
  return common.length === 0
    ? null
    : Object.fromEntries(common.map(([name, x]) => [name.replace(/^rollout_/, ''), Math.fround(x)]));
}

/** ms-swift: sequences padded on the right, of which the loss sees the tokens from the first trained one of any row on. */
export function msSwift(batch: MicroBatch): Call {
  const { own, step, rank, ranks } = batch;
  const width = Math.max(...own.map(({ length }) => length));
  const first = Math.min(...own.map((t) => (t.mask.includes(1) ? t.mask.indexOf(1) : width - 1)));
  const rows: Rows = (of) => wholeRows(own, of).map((row) => row.slice(first));
  const { names, rows: rewards } = rewardsOf(batch);
  const samples = own.map((t, i) => ({
    object: {
      response_token_ids: [range(promptEnd(t), contentEnd(t), (k) => idAt(t, k))],
      response_loss_mask: t.roles.includes(TOOL) ? [drawnOf(t)] : null,
      prompt_id: t.group ?? '',
      is_truncated: t.truncated === true,
      rewards: rewards[i]!,
      extra: { solution: t.texts?.groundTruth ?? null },
    },
  }));
  const grpoBatch = {
    object: {
      completion_mask: tensor(rows(maskAt)),
      advantages: tensor(rows((t, k) => (maskAt(t, k) ? advantageHeld(t, k) : 0))),
      ...tensors(own, rows, {
        oldLogProbs: 'old_per_token_logps',
        refLogProbs: 'ref_per_token_logps',
        samplerLogProbs: 'rollout_per_token_logps',
      }),
      samples,
    },
  };
  const inputs = {
    input_ids: tensor(wholeRows(own, idAt)),
    attention_mask: tensor(wholeRows(own, isContent)),
  };
  const trainer = {
    object: {
      accelerator: { object: { process_index: rank, num_processes: ranks } },
      state: { object: { global_step: step } },
      processing_class: { object: { eos_token_id: EOS } },
      reward_func_names: names,
    },
  };
  const metrics = metricsOf(own);
  return {
    name: 'write_ms_swift',
    arguments: [trainer, inputs, grpoBatch, ...averaged(rows, ranks), metrics],
  };
}
