// gradsplit/rollouts@1: our own format, to the letter. An unknown field is an error, and so is an array of another length.
import { type Fields, isRecord } from '../../base/fields.ts';
import type { Header, RolloutFormat } from '../format.ts';
import { type Place, ROLES, type Role, type Trajectory } from '../trajectory.ts';
import { maybe } from '../values/maybe.ts';
import { refuseDeep } from '../values/nesting.ts';
import { maskOfRoles, ROLE, rolesAfterPrompt, rolesOfMask } from '../values/roles.ts';
import {
  numbersByName,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalText,
  sumOf,
} from '../values/scalars.ts';
import { idArray, TokenArrays, textArray } from '../values/tokenArrays.ts';

/** How the header names the format. */
export const ROLLOUTS_FORMAT = 'gradsplit/rollouts@1';

const HEADER_FIELDS = ['format', 'objective', 'options', 'unit'];
const LOG_PROBS = ['logProbs', 'oldLogProbs', 'refLogProbs', 'samplerLogProbs'] as const;
const FIELDS = [
  ...['group', 'tokens', 'ids', 'components', 'mask', ...LOG_PROBS],
  ...['reward', 'correct', 'advantage', 'weights', 'truncated', 'microbatch', 'rank', 'rollout', 'step'],
  ...['values', 'returns', 'tokenRewards', 'versions', 'trainedVersion', 'failure', 'groundTruth', 'extras'],
];

function rolesOf(fields: Fields, length: number): Uint8Array {
  const given = fields.array('components', length, `an array of ${length} components, one a token`);
  const roles = new Uint8Array(length);
  for (let t = 0; t < length; t++) {
    const role = given[t];
    if (typeof role !== 'string' || !Object.hasOwn(ROLE, role)) {
      fields.failAt(['components', t], `one of ${ROLES.join(', ')}`, role);
    }
    roles[t] = ROLE[role as Role];
  }
  return roles;
}

/** Null is nothing, as Python writes it. */
function isGiven(fields: Fields, name: string): boolean {
  return fields.has(name) && fields.get(name) !== null;
}

/** Tokens without log-probs at the beginning are the prompt. */
function rolesOfLogProbs(length: number, logProbs: Float64Array | undefined): Uint8Array {
  const first = logProbs?.findIndex((x) => !Number.isNaN(x)) ?? 0;
  return rolesAfterPrompt(length, Math.max(first, 0));
}

function rewardOf(fields: Fields): Pick<Trajectory, 'reward' | 'rewards'> {
  if (!isRecord(fields.get('reward'))) {
    const reward = optionalNumber(fields, 'reward');
    return reward === undefined ? {} : { reward };
  }
  const rewards = numbersByName(fields, 'reward');
  return { reward: sumOf(Object.values(rewards)), rewards };
}

/** The version of each token, or the first and the last one. */
function versionsOf(fields: Fields, arrays: TokenArrays): Float64Array | undefined {
  if (!isGiven(fields, 'versions')) return undefined;
  const given = fields.get('versions');
  const isPair =
    Array.isArray(given) && given.length === 2 && given.every((x) => x === null || typeof x === 'number');
  return isPair
    ? Float64Array.from(given, (x) => x ?? Number.NaN)
    : arrays.numbers(['versions'], given, 'versions');
}

function read(fields: Fields, place: Place, header: Header = {}): readonly Trajectory[] {
  fields.allow(FIELDS);
  const tokens = isGiven(fields, 'tokens') ? textArray(fields, ['tokens'], fields.get('tokens')) : undefined;
  const ids = isGiven(fields, 'ids') ? idArray(fields, ['ids'], fields.get('ids')) : undefined;
  const length = tokens?.length ?? ids?.length ?? fields.fail('tokens', 'tokens or ids');
  if (ids !== undefined && ids.length !== length) {
    fields.failAt(['ids'], `an array of ${length}, one entry a token`, fields.get('ids'));
  }
  const arrays = new TokenArrays(fields, length, true);
  const numbers = (name: string): Float64Array | undefined =>
    isGiven(fields, name) ? arrays.numbers([name], fields.get(name), name) : undefined;
  const mask = isGiven(fields, 'mask') ? arrays.flags(['mask'], fields.get('mask'), 'mask') : undefined;
  const logged = isGiven(fields, 'components') ? rolesOf(fields, length) : undefined;
  const logProbs = Object.fromEntries(LOG_PROBS.map((name) => [name, numbers(name)]));
  const roles = logged ?? (mask && rolesOfMask(mask)) ?? rolesOfLogProbs(length, logProbs.logProbs);
  const groundTruth = optionalText(fields, 'groundTruth');
  const isByToken = Array.isArray(fields.get('advantage'));
  return [
    {
      place,
      length,
      unit: header.unit ?? 'tokens',
      ...maybe('ids', ids),
      ...maybe('tokens', tokens),
      roles,
      mask: mask ?? maskOfRoles(roles),
      isMaskLogged: mask !== undefined,
      areRolesLogged: logged !== undefined,
      ...Object.fromEntries(Object.entries(logProbs).filter(([, values]) => values !== undefined)),
      ...maybe('weights', numbers('weights')),
      ...maybe('values', numbers('values')),
      ...maybe('returns', numbers('returns')),
      ...maybe('tokenRewards', numbers('tokenRewards')),
      ...maybe('versions', versionsOf(fields, arrays)),
      ...maybe('trainedVersion', optionalInteger(fields, 'trainedVersion', 0)),
      ...maybe('failure', optionalText(fields, 'failure')),
      ...maybe('texts', groundTruth === undefined ? undefined : { groundTruth }),
      ...maybe('extras', isGiven(fields, 'extras') ? numbersByName(fields, 'extras') : undefined),
      ...rewardOf(fields),
      ...maybe('correct', optionalBoolean(fields, 'correct')),
      ...maybe('advantage', isByToken ? numbers('advantage') : optionalNumber(fields, 'advantage')),
      ...maybe('group', optionalText(fields, 'group')),
      ...maybe('truncated', optionalBoolean(fields, 'truncated')),
      ...maybe('microbatch', optionalInteger(fields, 'microbatch', 0)),
      ...maybe('rank', optionalInteger(fields, 'rank', 0)),
      ...maybe('rollout', optionalText(fields, 'rollout')),
      ...maybe('step', optionalInteger(fields, 'step', 0)),
      ...arrays.notes,
    },
  ];
}

function readHeader(fields: Fields): Header {
  fields.allow(HEADER_FIELDS);
  if (fields.get('format') !== ROLLOUTS_FORMAT) fields.fail('format', JSON.stringify(ROLLOUTS_FORMAT));
  const options = isGiven(fields, 'options') ? fields.object('options').record : undefined;
  refuseDeep(fields, ['options'], options);
  if (isGiven(fields, 'unit') && fields.get('unit') !== 'words') fields.fail('unit', '"words"');
  return {
    ...maybe('objective', optionalText(fields, 'objective')),
    ...maybe('options', options),
    ...(isGiven(fields, 'unit') ? { unit: 'words' } : {}),
  };
}

/** The format. */
export const rollouts: RolloutFormat = {
  name: 'rollouts@1',
  title: ROLLOUTS_FORMAT,
  writtenBy: 'gradsplit rollouts convert, and gradsplit itself',
  lacks: [],
  recognises: (record) =>
    (typeof record.format === 'string' && record.format.startsWith('gradsplit/')) ||
    (['tokens', 'ids'].some((name) => Object.hasOwn(record, name) && isListOfScalars(record[name])) &&
      !Object.hasOwn(record, 'schema_version')),
  isHeader: (record) => Object.hasOwn(record, 'format'),
  readHeader,
  read,
};

function isListOfScalars(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] !== 'object';
}
