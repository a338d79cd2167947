// What open-instruct writes with --save_traces: a line a sample, with token ids and the sampler's log-probs.
// Source: open-instruct open_instruct/rl_utils.py (RolloutRecord).
import type { Fields } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { groundTruthText } from '../values/columns.ts';
import { maybe } from '../values/maybe.ts';
import { maskOfRoles, rolesAfterPrompt } from '../values/roles.ts';
import { optionalInteger, optionalNumber, optionalText } from '../values/scalars.ts';
import { idArray, TokenArrays } from '../values/tokenArrays.ts';

function read(fields: Fields, place: Place): readonly Trajectory[] {
  const prompt = idArray(fields, ['prompt_tokens'], fields.get('prompt_tokens'));
  const response = idArray(fields, ['response_tokens'], fields.get('response_tokens'));
  const length = prompt.length + response.length;
  const ids = new Int32Array(length);
  ids.set(prompt);
  ids.set(response, prompt.length);
  const roles = rolesAfterPrompt(length, prompt.length);
  const arrays = new TokenArrays(fields, length, false);
  const logProbs = fields.get('logprobs') ?? undefined;
  const finish = optionalText(fields, 'finish_reason');
  const groundTruth = groundTruthText(fields, ['ground_truth'], fields.get('ground_truth'));
  return [
    {
      place,
      length,
      unit: 'tokens',
      ids,
      roles,
      mask: maskOfRoles(roles),
      isMaskLogged: false,
      areRolesLogged: false,
      ...maybe(
        'samplerLogProbs',
        logProbs === undefined
          ? undefined
          : arrays.numbers(['logprobs'], logProbs, 'samplerLogProbs', prompt.length),
      ),
      ...maybe('reward', optionalNumber(fields, 'reward')),
      ...maybe('advantage', optionalNumber(fields, 'advantage')),
      group: String(fields.integer('prompt_idx', 0)),
      ...maybe('step', optionalInteger(fields, 'step', 0)),
      ...maybe('truncated', finish === undefined ? undefined : finish === 'length'),
      ...maybe('failure', finish === 'abort' || finish === 'error' ? finish : undefined),
      ...maybe('texts', groundTruth === undefined ? undefined : { groundTruth }),
      ...arrays.notes,
    },
  ];
}

/** The format. */
export const openInstruct: RolloutFormat = {
  name: 'open-instruct',
  title: 'open-instruct: {run}_rollouts_{shard}.jsonl',
  writtenBy: '--save_traces --rollouts_save_path DIR',
  lacks: [
    'Which tokens are output of tools: all of the response counts as sampled.',
    'Log-probs of the policy and of the reference; those of the sampler before open-instruct#1678 are untempered.',
    'Texts of tokens, and rewards by function.',
  ],
  recognises: (record) =>
    ['prompt_tokens', 'response_tokens', 'prompt_idx'].every((name) => Object.hasOwn(record, name)),
  read,
};
