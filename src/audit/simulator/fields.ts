// Leaves out of a trajectory what a file does not have, down to a text dump without tokens.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import type { LoggedFields } from './setting.ts';

const PROMPT = ROLES.indexOf('prompt');
const SAMPLE = ROLES.indexOf('sample');

/** Fields of a trajectory that one switch turns on. */
const SWITCHED = {
  ids: ['ids', 'tokens'],
  logProbs: ['logProbs'],
  oldLogProbs: ['oldLogProbs'],
  refLogProbs: ['refLogProbs'],
  samplerLogProbs: ['samplerLogProbs'],
  values: ['values', 'returns'],
  rewards: ['rewards'],
  correct: ['correct'],
  advantage: ['advantage'],
  weights: ['weights'],
  group: ['group'],
  step: ['step'],
  truncated: ['truncated'],
  microbatch: ['microbatch'],
  rank: ['rank'],
  versions: ['versions', 'trainedVersion'],
  texts: ['texts'],
} as const satisfies Partial<Record<keyof LoggedFields, readonly (keyof Trajectory)[]>>;

/** Fields that a text dump cannot have: they have an entry for each token. */
const BY_TOKEN: readonly (keyof Trajectory)[] = [
  'ids',
  'tokens',
  'logProbs',
  'oldLogProbs',
  'refLogProbs',
  'samplerLogProbs',
  'values',
  'returns',
  'weights',
  'versions',
  'nan',
];

/** The trajectory without some fields. */
export function without(trajectory: Trajectory, names: readonly (keyof Trajectory)[]): Trajectory {
  const kept: Partial<Trajectory> = Object.fromEntries(
    Object.entries(trajectory).filter(([name]) => !names.some((other) => other === name)),
  );
  const { place, length, unit, roles, mask, isMaskLogged, areRolesLogged } = trajectory;
  return { ...kept, place, length, unit, roles, mask, isMaskLogged, areRolesLogged };
}

/** The trajectory as a text dump has it: words between blanks stand in for tokens. */
function inWords(trajectory: Trajectory): Trajectory {
  const words = (text = ''): number => text.split(/\s+/).filter((word) => word !== '').length;
  const prompt = words(trajectory.texts?.prompt);
  const length = prompt + words(trajectory.texts?.output);
  const { advantage } = trajectory;
  const bare = without(trajectory, typeof advantage === 'number' ? BY_TOKEN : [...BY_TOKEN, 'advantage']);
  return {
    ...bare,
    length,
    unit: 'words',
    roles: Uint8Array.from({ length }, (_, t) => (t < prompt ? PROMPT : SAMPLE)),
    mask: Uint8Array.from({ length }, (_, t) => (t < prompt ? 0 : 1)),
    isMaskLogged: false,
    areRolesLogged: false,
  };
}

/** The trajectory with the fields that are switched on. */
export function onlyFields(trajectory: Trajectory, fields: LoggedFields): Trajectory {
  const off = Object.entries(SWITCHED).flatMap(([name, owned]) =>
    fields[name as keyof typeof SWITCHED] ? [] : [...owned],
  );
  const { isMaskLogged, areRolesLogged } = trajectory;
  const rest = {
    ...without(trajectory, off),
    isMaskLogged: isMaskLogged && fields.mask,
    areRolesLogged: areRolesLogged && fields.roles,
  };
  return fields.onlyTexts ? inWords(rest) : rest;
}
