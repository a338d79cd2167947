// The canonical schema of UNIPO: one JSON document of a run, with entries by step, prompts, responses and numbers by token.
// Source: unipo docs/canonical_schema.json, src/lib/radial-chart/types.ts.
import { type Fields, isRecord } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { digest } from '../values/digest.ts';
import { maybe } from '../values/maybe.ts';
import { maskOfRoles, rolesAfterPrompt } from '../values/roles.ts';
import { optionalInteger, optionalNumber, optionalText, text } from '../values/scalars.ts';
import { idArray, TokenArrays } from '../values/tokenArrays.ts';

const ARRAYS = {
  log_probs: 'logProbs',
  old_log_probs: 'oldLogProbs',
  ref_log_probs: 'refLogProbs',
  values: 'values',
  returns: 'returns',
  rewards: 'tokenRewards',
  advantages: 'advantage',
} as const;

/** The objects of an array, each as fields that know their path. */
function objectsOf(fields: Fields, name: string): readonly Fields[] {
  const value = fields.get(name);
  if (!Array.isArray(value)) fields.fail(name, 'an array of objects');
  return value.map((_, i) => fields.objectAt(name, i));
}

function responseOf(response: Fields, prompt: string, step: number | undefined, place: Place): Trajectory {
  const fields = response.object('tokens');
  const ids = idArray(fields, ['ids'], fields.get('ids'));
  const { length } = ids;
  const strings = fields.get('strings');
  const arrays = new TokenArrays(fields, length, false);
  const numbers: Partial<Record<string, Float64Array>> = {};
  for (const [name, field] of Object.entries(ARRAYS)) {
    const value = fields.get(name) ?? undefined;
    if (value !== undefined) numbers[field] = arrays.numbers([name], value, field);
  }
  const roles = rolesAfterPrompt(length, 0);
  const output = optionalText(response, 'response_text');
  return {
    place,
    length,
    unit: 'tokens',
    ids,
    ...maybe('tokens', strings === undefined ? undefined : arrays.texts(['strings'], strings, 'tokens')),
    roles,
    mask: maskOfRoles(roles),
    isMaskLogged: false,
    areRolesLogged: false,
    ...maybe('advantage', optionalNumber(response, 'advantage')),
    ...numbers,
    ...maybe('reward', optionalNumber(response, 'reward')),
    group: digest(prompt),
    ...maybe('step', step),
    texts: { prompt, ...maybe('output', output) },
    ...arrays.notes,
  };
}

function read(fields: Fields, place: Place): readonly Trajectory[] {
  const found: Trajectory[] = [];
  for (const entry of objectsOf(fields, 'entries')) {
    const step = optionalInteger(entry, 'step', 0);
    // An entry may have metrics only.
    for (const group of entry.has('prompts') ? objectsOf(entry, 'prompts') : []) {
      const prompt = text(group, 'prompt');
      for (const response of objectsOf(group, 'responses')) {
        if (!response.has('tokens')) continue;
        found.push(responseOf(response, prompt, step, { ...place, entry: found.length }));
      }
    }
  }
  return found;
}

/** The format. */
export const unipo: RolloutFormat = {
  name: 'unipo',
  title: 'UNIPO: {algorithm}_metrics.json, one document a run',
  writtenBy: 'a hook in the trainer, as UNIPO asks for',
  lacks: [
    'All prompts but three a step.',
    'Tokens of the prompt, and masks.',
    'Log-probs of the sampler, and rewards by function.',
  ],
  recognises: (record) => isRecord(record.header) && Array.isArray(record.entries),
  read,
};
