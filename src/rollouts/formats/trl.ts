// TRL's tables of completions (GRPO, log_completions): text, rewards by function, advantages. Source: trl trainer/grpo_trainer.py, `log`.
import type { Fields } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { digest } from '../values/digest.ts';
import { numberOf, optionalNumber, sumOf, text } from '../values/scalars.ts';
import { wordTokens } from '../values/words.ts';

/** The columns that every table has. */
export const TRL_COLUMNS = ['step', 'prompt', 'completion', 'advantage'] as const;

const FIXED: readonly string[] = TRL_COLUMNS;

/** The names of reward functions in a record: numbers and nulls from the completion on, up to the first other value. */
function rewardNames({ record }: Fields): string[] {
  const names = Object.keys(record).filter((name) => !FIXED.includes(name));
  const end = names.findIndex((name) => record[name] !== null && typeof record[name] !== 'number');
  return end < 0 ? names : names.slice(0, end);
}

function numbersOf(fields: Fields, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = fields.get(name);
      const number = value === null ? Number.NaN : numberOf(value);
      return number === undefined ? [] : [[name, number] as const];
    }),
  );
}

function read(fields: Fields, place: Place, rewardColumns: readonly string[]): readonly Trajectory[] {
  const prompt = text(fields, 'prompt');
  const output = text(fields, 'completion');
  const advantage = optionalNumber(fields, 'advantage') ?? fields.fail('advantage', 'a number or null');
  const rewards = numbersOf(fields, rewardColumns);
  const others = Object.keys(fields.record).filter(
    (name) => !FIXED.includes(name) && !rewardColumns.includes(name),
  );
  const extras = numbersOf(fields, others);
  return [
    {
      place,
      ...wordTokens(prompt, output),
      ...(rewardColumns.length === 0 ? {} : { reward: sumOf(Object.values(rewards)), rewards }),
      ...(Object.keys(extras).length === 0 ? {} : { extras }),
      advantage,
      group: digest(prompt),
      step: fields.integer('step', 0),
      texts: { prompt, output },
    },
  ];
}

/**
 * The format.
 * @param rewardColumns the names of reward functions, where the table says it; from each record if left out
 */
export function trlFormat(rewardColumns?: readonly string[]): RolloutFormat {
  return {
    name: 'trl',
    title: 'TRL GRPO completions (Parquet)',
    writtenBy: 'GRPOConfig(log_completions=True), in OUTPUT_DIR/completions',
    lacks: [
      'It has no tokens, log-probs or masks: words between blanks stand in for tokens.',
      'Special tokens are gone, so that neither the end token nor a cut is seen.',
      'It has no weights of reward functions: the reward is their plain sum.',
      'A column of log_extra that holds real numbers and comes first among these cannot be told from a reward function.',
      'It has no group: completions of one step with equal prompts are one.',
      'The step is that of logging. Rows that a file repeats from the one before are left out and counted; rows that were made between two logs and not logged are lost.',
    ],
    recognises: (record) =>
      TRL_COLUMNS.every((name) => Object.hasOwn(record, name)) &&
      typeof record.prompt === 'string' &&
      typeof record.completion === 'string' &&
      !Array.isArray(record.advantage),
    read: (fields, place) => read(fields, place, rewardColumns ?? rewardNames(fields)),
  };
}

/** The format, for records without a table. */
export const trl: RolloutFormat = trlFormat();
