// What prime-rl's trainer writes with enable_token_export: a line a sequence as it was trained, with the trainer's own numbers.
// Source: prime-rl trainer/rl/token_export.py, schema_version 1. A number that was not finite is null there.
import type { Fields } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { maybe } from '../values/maybe.ts';
import { rolesOfMask } from '../values/roles.ts';
import { optionalInteger } from '../values/scalars.ts';
import { idArray, TokenArrays } from '../values/tokenArrays.ts';

/** The only version that is known. */
const VERSION = 1;

function read(fields: Fields, place: Place): readonly Trajectory[] {
  if (fields.get('schema_version') !== VERSION) {
    fields.fail('schema_version', `${VERSION}, as other versions have other fields`);
  }
  const ids = idArray(fields, ['token_ids'], fields.get('token_ids'));
  const arrays = new TokenArrays(fields, ids.length, true);
  const numbers = (name: string, as: string): Float64Array => arrays.numbers([name], fields.get(name), as);
  const mask = arrays.flags(['loss_mask'], fields.get('loss_mask'), 'mask');
  return [
    {
      place,
      length: ids.length,
      unit: 'tokens',
      ids,
      roles: rolesOfMask(mask),
      mask,
      isMaskLogged: true,
      areRolesLogged: false,
      logProbs: numbers('trainer_logprobs', 'logProbs'),
      samplerLogProbs: numbers('inference_logprobs', 'samplerLogProbs'),
      advantage: numbers('advantages', 'advantage'),
      step: fields.integer('step', 0),
      ...maybe('rank', optionalInteger(fields, 'rank', 0)),
      ...maybe('microbatch', optionalInteger(fields, 'micro_step', 0)),
      ...arrays.notes,
    },
  ];
}

/** The format. */
export const primeRl: RolloutFormat = {
  name: 'prime-rl',
  title: 'prime-rl: token_exports/step_{s}/rank_{r}.jsonl',
  writtenBy: 'trainer.enable_token_export = true',
  lacks: [
    'Rewards, groups and texts: they are in rollouts/step_{s}/train/*/traces.jsonl, which is read as verifiers.',
    'Which tokens are output of tools: what the mask leaves out after the first trained token counts as such.',
    'Numbers that were not finite are null, like those that are not there.',
    'Schemas other than 1, such as the older one with nested tokens, are refused.',
  ],
  recognises: (record) =>
    Object.hasOwn(record, 'schema_version') &&
    ['token_ids', 'tokens'].some((name) => Object.hasOwn(record, name)),
  read,
};
