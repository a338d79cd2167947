// JSONL as RL Logging Board shows it, which hooks into OpenRLHF and others write: a line a response, with numbers by token.
// Source: RLLoggingBoard README.md, and rl_logging_board.py for what it does where lengths differ.
import type { Fields } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { furtherNumbers } from '../values/columns.ts';
import { digest } from '../values/digest.ts';
import { maybe } from '../values/maybe.ts';
import { maskOfRoles, ROLE, rolesAfterPrompt } from '../values/roles.ts';
import { optionalInteger, optionalNumber, text } from '../values/scalars.ts';
import { TokenArrays, textArray } from '../values/tokenArrays.ts';
import { wordTokens } from '../values/words.ts';

const NAMED = ['prompt', 'response', 'reward', 'step'];
const ARRAYS = {
  logprobs: 'logProbs',
  ref_logprobs: 'refLogProbs',
  values: 'values',
  token_rewards: 'tokenRewards',
} as const;

/** Tokens that stand for padding at the end, such as `<PAD>` or `<|pad|>`. */
const PADDING = /^[<[]\|?pad\|?[>\]]$/i;

function rolesOf(tokens: readonly string[]): Uint8Array {
  const roles = rolesAfterPrompt(tokens.length, 0);
  for (let t = tokens.length - 1; t >= 0 && PADDING.test(tokens[t]!); t--) roles[t] = ROLE.pad;
  return roles;
}

type Tokens = Pick<
  Trajectory,
  'unit' | 'length' | 'tokens' | 'roles' | 'mask' | 'isMaskLogged' | 'areRolesLogged'
>;

/** Of the prompt there is only text, so that the tokens are those of the response. */
function tokensOf(fields: Fields): Tokens {
  if (!fields.has('response_tokens')) return wordTokens(text(fields, 'prompt'), text(fields, 'response'));
  const tokens = textArray(fields, ['response_tokens'], fields.get('response_tokens'));
  const roles = rolesOf(tokens);
  return {
    unit: 'tokens',
    length: tokens.length,
    tokens,
    roles,
    mask: maskOfRoles(roles),
    isMaskLogged: false,
    areRolesLogged: false,
  };
}

function read(fields: Fields, place: Place): readonly Trajectory[] {
  const prompt = text(fields, 'prompt');
  const output = text(fields, 'response');
  const tokens = tokensOf(fields);
  const arrays = new TokenArrays(fields, tokens.length, false);
  const numbers: Partial<Record<string, Float64Array>> = {};
  for (const [name, field] of Object.entries(ARRAYS)) {
    const value = fields.get(name) ?? undefined;
    if (value === undefined || tokens.unit === 'words') continue;
    // One number fewer is usual: the last token ends the response, or pads it.
    const isUsual = Array.isArray(value) && value.length === tokens.length - 1;
    numbers[field] = arrays.numbers([name], value, field, 0, isUsual ? value.length : tokens.length);
  }
  return [
    {
      place,
      ...tokens,
      ...numbers,
      ...maybe('reward', optionalNumber(fields, 'reward')),
      ...maybe('extras', furtherNumbers(fields.record, NAMED)),
      group: digest(prompt),
      ...maybe('step', optionalInteger(fields, 'step', 0)),
      texts: { prompt, output },
      ...arrays.notes,
    },
  ];
}

/** The format. */
export const rlLoggingBoard: RolloutFormat = {
  name: 'rl-logging-board',
  title: 'RL Logging Board: *.jsonl, as hooks in OpenRLHF write it',
  writtenBy: 'a hook in the trainer; see docs/rollouts.md',
  lacks: [
    'Tokens of the prompt, and token ids.',
    'Advantages and masks: all tokens of the response but padding at its end count as trained.',
    'The group: responses of one step with equal prompt are taken for one.',
  ],
  recognises: (record) =>
    typeof record.prompt === 'string' &&
    typeof record.response === 'string' &&
    ['response_tokens', 'logprobs', 'token_rewards'].some((name) => Object.hasOwn(record, name)),
  read,
};
