// What NeMo-RL writes to train_data_step{N}.jsonl and val_data_step{N}.jsonl: a line a sample. Every value is a slice of a batch, so
// that a leading axis of 1 is left; sequences are padded on the right to the width of the batch.
// Sources: NeMo-RL nemo_rl/algorithms/grpo.py, grpo_sync.py, ppo.py; utils/logger.py (log_batched_dict_as_jsonl).
import { type Fields, isRecord } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { digest } from '../values/digest.ts';
import { maybe } from '../values/maybe.ts';
import { ROLE, rolesOfMask } from '../values/roles.ts';
import { idArray, TokenArrays } from '../values/tokenArrays.ts';
import { wordsOf } from '../values/words.ts';

/** The one element of a slice, or a value that has lost the axis; undefined for an empty slice and for what is missing. */
function only(fields: Fields, name: string): unknown {
  const value = fields.get(name);
  if (!Array.isArray(value)) return value ?? undefined;
  if (value.length > 1) fields.failAt([name], 'an array of one sample', value);
  return value[0];
}

function onlyNumber(fields: Fields, name: string): number | undefined {
  const value = only(fields, name);
  if (value === null) return Number.NaN;
  if (value !== undefined && typeof value !== 'number') fields.failAt([name], 'one number', value);
  return value;
}

/** The step is in the name of the file only. */
function stepOf({ file }: Place): number | undefined {
  const found = /(?:train|val)_data_step(\d{1,15})\.jsonl/.exec(file);
  return found === null ? undefined : Number(found[1]);
}

/** With dynamic sampling `rewards` are those before the filter, of another length: what was trained on is in `filtered_rewards`. */
function rewardOf(fields: Fields): number | undefined {
  return onlyNumber(fields, fields.has('filtered_rewards') ? 'filtered_rewards' : 'rewards');
}

/** Where nothing was generated the log-prob is written as 0.0; the first token has no distribution before it. */
function withoutPlaceholders(logProbs: Float64Array, mask: Uint8Array): Float64Array {
  return logProbs.map((x, t) => (x === 0 && mask[t] === 0 ? Number.NaN : x));
}

function readTokens(fields: Fields, place: Place): readonly Trajectory[] {
  const row = only(fields, 'token_ids');
  // Beside rewards of samples that dynamic sampling has left out there is nothing else.
  if (row === undefined) return [];
  const all = idArray(fields, ['token_ids', 0], row);
  const width = all.length;
  const length = onlyNumber(fields, 'input_lengths') ?? width;
  if (!Number.isInteger(length) || length < 0 || length > width) {
    fields.failAt(['input_lengths'], `an integer from 0 to ${width}, the width of token_ids`, length);
  }
  const arrays = new TokenArrays(fields, width, false, length);
  const cut = (name: string, field: string): Float64Array | undefined => {
    const value = only(fields, name);
    return value === undefined ? undefined : arrays.numbers([name, 0], value, field).slice(0, length);
  };
  const ids = all.subarray(0, length);
  const tokenMask = arrays.flags(['token_loss_mask', 0], only(fields, 'token_loss_mask'), 'mask');
  const roles = rolesOfMask(tokenMask.subarray(0, length));
  const sampleWeight = onlyNumber(fields, 'sample_loss_mask');
  const mask = sampleWeight === 0 ? new Uint8Array(length) : tokenMask.slice(0, length);
  const sampler = cut('generation_logprobs', 'samplerLogProbs');
  const old = cut('prev_logprobs', 'oldLogProbs');
  if (old !== undefined && old[0] === 0) old[0] = Number.NaN;
  const prompt = roles.findIndex((role) => role !== ROLE.prompt);
  const advantages = only(fields, 'advantages');
  const content = only(fields, 'content');
  return [
    {
      place,
      length,
      unit: 'tokens',
      ids,
      roles,
      mask,
      isMaskLogged: true,
      areRolesLogged: false,
      ...maybe('oldLogProbs', old),
      ...maybe('samplerLogProbs', sampler && withoutPlaceholders(sampler, tokenMask)),
      ...maybe('reward', rewardOf(fields)),
      ...maybe(
        'advantage',
        Array.isArray(advantages) ? cut('advantages', 'advantage') : onlyNumber(fields, 'advantages'),
      ),
      ...maybe('extras', sampleWeight === undefined ? undefined : { sample_loss_mask: sampleWeight }),
      group: digest(ids, prompt < 0 ? length : prompt),
      ...maybe('step', stepOf(place)),
      ...maybe('texts', typeof content === 'string' ? { output: content } : undefined),
      ...arrays.notes,
    },
  ];
}

const ROLE_OF: Readonly<Record<string, number>> = {
  system: ROLE.prompt,
  user: ROLE.prompt,
  assistant: ROLE.sample,
  tool: ROLE.tool,
  environment: ROLE.tool,
};

/** Validation has messages only. */
function readMessages(fields: Fields, place: Place): readonly Trajectory[] {
  const messages = only(fields, 'content');
  if (!Array.isArray(messages)) fields.failAt(['content', 0], 'an array of messages', messages);
  const tokens: string[] = [];
  const roles: number[] = [];
  const outputs: string[] = [];
  const prompts: string[] = [];
  for (const [i, message] of messages.entries()) {
    if (!isRecord(message) || typeof message.content !== 'string' || typeof message.role !== 'string') {
      fields.failAt(['content', 0, i], 'a message with role and content', message);
    }
    const role = ROLE_OF[Object.hasOwn(ROLE_OF, message.role) ? message.role : 'tool']!;
    if (role === ROLE.sample) outputs.push(message.content);
    if (outputs.length === 0) prompts.push(message.content);
    // What a user says after the first answer is no prompt any more, but input all the same.
    const said = role === ROLE.prompt && outputs.length > 0 ? ROLE.tool : role;
    for (const word of wordsOf(message.content)) {
      tokens.push(word);
      roles.push(said);
    }
  }
  const prompt = prompts.join('\n');
  return [
    {
      place,
      length: tokens.length,
      unit: 'words',
      tokens,
      roles: Uint8Array.from(roles),
      mask: Uint8Array.from(roles, (role) => (role === ROLE.sample ? 1 : 0)),
      isMaskLogged: false,
      areRolesLogged: false,
      ...maybe('reward', rewardOf(fields)),
      group: digest(prompt),
      ...maybe('step', stepOf(place)),
      texts: {
        prompt,
        output: outputs.join('\n'),
        ...maybe('outputParts', outputs.length > 1 ? outputs.length : undefined),
      },
    },
  ];
}

/** The format. */
export const nemoRl: RolloutFormat = {
  name: 'nemo-rl',
  title: 'NeMo-RL: train_data_step{N}.jsonl, val_data_step{N}.jsonl',
  writtenBy: 'on by default, into logger.log_dir; env.should_log_nemo_gym_responses turns it off',
  lacks: [
    'The group: samples of one step with equal prompt tokens are taken for one.',
    'Log-probs of the reference.',
    'Texts of tokens, and whether a sample was cut.',
    'Rewards by function.',
    'In val_data_step{N}.jsonl there are messages and rewards only: words stand in for tokens.',
  ],
  recognises: (record) =>
    Object.hasOwn(record, 'rewards') &&
    Object.hasOwn(record, 'idx') &&
    (Object.hasOwn(record, 'token_loss_mask') || Object.hasOwn(record, 'content')),
  read: (fields, place) =>
    fields.has('token_ids') || fields.has('token_loss_mask')
      ? readTokens(fields, place)
      : readMessages(fields, place),
};
