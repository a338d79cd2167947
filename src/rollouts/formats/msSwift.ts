// What ms-swift writes to completions.jsonl: a line a whole batch, column by column; with Ray a line a completion.
// Sources: ms-swift swift/rlhf_trainers/grpo_trainer.py, swift/megatron/trainers/rollout_mixin.py and grpo_trainer.py,
// swift/ray/megatron/base_trainer.py.
import type { Fields } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { LengthMismatch, Place, Trajectory } from '../trajectory.ts';
import { groundTruthText } from '../values/columns.ts';
import { digest } from '../values/digest.ts';
import { maybe } from '../values/maybe.ts';
import { numberOf, optionalInteger, optionalNumber, sumOf, text } from '../values/scalars.ts';
import { wordTokens } from '../values/words.ts';

const NAMED = ['step', 'gen_step', 'prompt', 'completion', 'advantages'];

/** A column of numbers or nulls, in which null is NaN; undefined for a column of anything else. */
function numbersOf(column: unknown): readonly number[] | undefined {
  if (!Array.isArray(column)) return undefined;
  const out: number[] = [];
  for (const value of column) {
    const number = value === null ? Number.NaN : numberOf(value);
    if (number === undefined) return undefined;
    out.push(number);
  }
  return out;
}

/** Columns between the completion and the advantages are those of the reward functions, in the order in which they are written. */
function rewardNames(record: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(record);
  const end = names.indexOf('advantages');
  return end < 0 ? [] : names.slice(0, end).filter((name) => !NAMED.includes(name));
}

function stepAt(fields: Fields, i: number): number | undefined {
  const name = fields.has('gen_step') ? 'gen_step' : 'step';
  const column = fields.get(name);
  if (!Array.isArray(column)) fields.fail(name, 'an array of steps');
  const value: unknown = column[i];
  if (value === undefined || value === null) return undefined;
  const step = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(step) || (step as number) < 0) fields.failAt([name, i], 'a step', value);
  return step as number;
}

function textAt(fields: Fields, name: string, i: number): string {
  const value = (fields.get(name) as readonly unknown[])[i];
  if (typeof value !== 'string') fields.failAt([name, i], 'a text', value);
  return value;
}

/** The numbers of row i in these columns; a column that ends before has none. */
function rowOf(columns: ReadonlyMap<string, readonly number[]>, i: number): Record<string, number> {
  return Object.fromEntries([...columns].map(([name, column]) => [name, column[i] ?? Number.NaN]));
}

function readBatch(fields: Fields, place: Place): readonly Trajectory[] {
  const { record } = fields;
  for (const name of ['prompt', 'completion']) {
    if (!Array.isArray(fields.get(name))) fields.fail(name, 'an array of texts');
  }
  const rows = (record.prompt as readonly unknown[]).length;
  fields.array('completion', rows, `an array of ${rows}, one completion a prompt`);
  const names = rewardNames(record);
  const rewards = new Map<string, readonly number[]>();
  const extras = new Map<string, readonly number[]>();
  const mismatch: LengthMismatch[] = [];
  for (const name of Object.keys(record)) {
    const column = fields.get(name);
    if (Array.isArray(column) && column.length !== rows) mismatch.push({ field: name, found: column.length });
    if (NAMED.includes(name)) continue;
    const numbers = numbersOf(column);
    if (numbers !== undefined) (names.includes(name) ? rewards : extras).set(name, numbers);
    else if (names.includes(name)) fields.fail(name, 'an array of numbers');
  }
  const advantages = fields.has('advantages') ? numbersOf(fields.get('advantages')) : [];
  if (advantages === undefined) fields.fail('advantages', 'an array of numbers');
  const truths = fields.get('solution');
  return Array.from({ length: rows }, (_, i) => {
    const prompt = textAt(fields, 'prompt', i);
    const output = textAt(fields, 'completion', i);
    const byFunction = rowOf(rewards, i);
    const groundTruth = Array.isArray(truths)
      ? groundTruthText(fields, ['solution', i], truths[i])
      : undefined;
    return {
      place: { ...place, entry: i },
      ...wordTokens(prompt, output),
      ...(rewards.size > 0 ? { reward: sumOf(Object.values(byFunction)), rewards: byFunction } : {}),
      ...maybe('extras', extras.size > 0 ? rowOf(extras, i) : undefined),
      ...maybe('advantage', fields.has('advantages') ? (advantages[i] ?? Number.NaN) : undefined),
      group: digest(prompt),
      ...maybe('step', stepAt(fields, i)),
      texts: { prompt, output, ...maybe('groundTruth', groundTruth) },
      ...maybe('mismatch', mismatch.length > 0 ? mismatch : undefined),
    };
  });
}

function readRow(fields: Fields, place: Place): readonly Trajectory[] {
  const prompt = text(fields, 'prompt');
  const output = text(fields, 'completion');
  return [
    {
      place,
      ...wordTokens(prompt, output),
      ...maybe('reward', optionalNumber(fields, 'reward')),
      group: digest(prompt),
      ...maybe('step', optionalInteger(fields, 'gen_step', 0)),
      texts: { prompt, output },
    },
  ];
}

/** The format. */
export const msSwift: RolloutFormat = {
  name: 'ms-swift',
  title: 'ms-swift: completions.jsonl',
  writtenBy: '--log_completions true',
  lacks: [
    'Tokens, log-probs and masks: words stand in for tokens.',
    'The weights of the reward functions: their columns are added as they are.',
    'The group: completions of one step with equal prompt are taken for one.',
    'Without Megatron, which rows are new: columns are kept between two logs and rows repeat where not every step is logged.',
  ],
  recognises: ({ prompt, completion, step, gen_step }) =>
    (Array.isArray(prompt) &&
      Array.isArray(completion) &&
      (Array.isArray(step) || Array.isArray(gen_step))) ||
    (typeof prompt === 'string' && typeof completion === 'string' && typeof gen_step === 'number'),
  read: (fields, place) =>
    Array.isArray(fields.get('prompt')) ? readBatch(fields, place) : readRow(fields, place),
};
