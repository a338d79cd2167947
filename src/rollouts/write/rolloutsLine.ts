// Writes trajectories as gradsplit/rollouts@1. Numbers keep full precision; what is not finite becomes null, as in every document, or is a
// word, as Python writes it.
import { InputError } from '../../base/errors.ts';
import type { Header } from '../format.ts';
import { ROLLOUTS_FORMAT } from '../formats/rollouts.ts';
import { showPlace } from '../read/recordReader.ts';
import { ROLES, type Trajectory } from '../trajectory.ts';
import { sumOf } from '../values/scalars.ts';

const ROLE_TEXTS = ROLES.map((role) => JSON.stringify(role));

function numberText(x: number): string {
  if (!Number.isFinite(x)) return 'null';
  return Object.is(x, -0) ? '-0' : String(x);
}

/** The text of element t of an array. */
type ElementText = (x: number, t: number) => string;

/** Numbers of an array as Python's json module writes them: NaN where the file had it, null where there is no number. */
function pythonText({ nan }: Trajectory, field: string): ElementText {
  const written = new Set(nan?.filter((one) => one.field === field).map(({ token }) => token));
  return (x, t) => {
    if (Number.isNaN(x) && written.has(t)) return 'NaN';
    return Math.abs(x) === Number.POSITIVE_INFINITY ? String(x) : numberText(x);
  };
}

function listText<T>(values: ArrayLike<T>, textOf: (value: T, t: number) => string): string {
  const texts = new Array<string>(values.length);
  for (let t = 0; t < texts.length; t++) texts[t] = textOf(values[t]!, t);
  return `[${texts.join(',')}]`;
}

function byNameText(numbers: Readonly<Record<string, number>>): string {
  const members = Object.entries(numbers).map(([name, x]) => `${JSON.stringify(name)}:${numberText(x)}`);
  return `{${members.join(',')}}`;
}

/** Rewards by function where they add up to the reward; else the reward, because it is what was trained on. */
function rewardText({ reward, rewards }: Trajectory): string | undefined {
  if (rewards === undefined || (reward !== undefined && !Object.is(sumOf(Object.values(rewards)), reward))) {
    return reward === undefined ? undefined : numberText(reward);
  }
  return byNameText(rewards);
}

const LISTS = [
  'logProbs',
  'oldLogProbs',
  'refLogProbs',
  'samplerLogProbs',
  'weights',
  'values',
  'returns',
  'tokenRewards',
  'versions',
] as const;

/**
 * A trajectory as one line of a rollouts@1 file, without the line feed. Its roles are written, and its mask if the file had one.
 * @throws InputError if it has neither tokens nor ids
 */
export function rolloutsLine(trajectory: Trajectory): string {
  return lineText(trajectory, () => numberText);
}

/**
 * The same as Python's json module writes it, which is not JSON: NaN and infinities of arrays are words.
 * @throws InputError if it has neither tokens nor ids
 */
export function pythonRolloutsLine(trajectory: Trajectory): string {
  return lineText(trajectory, (field) => pythonText(trajectory, field));
}

/** @param textOf how the numbers of an array are written */
function lineText(trajectory: Trajectory, textOf: (field: string) => ElementText): string {
  const { tokens, ids, roles, mask, isMaskLogged, advantage, place } = trajectory;
  if (tokens === undefined && ids === undefined) {
    throw new InputError(`${showPlace(place)}: expected tokens or ids, found neither`);
  }
  const members: string[] = [];
  const add = (name: string, text: string | undefined): void => {
    if (text !== undefined) members.push(`"${name}":${text}`);
  };
  const scalar = (value: string | boolean | undefined): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  const number = (x: number | undefined): string | undefined => (x === undefined ? undefined : numberText(x));
  add('group', scalar(trajectory.group));
  add('step', number(trajectory.step));
  add('tokens', tokens && JSON.stringify(tokens));
  add('ids', ids && listText(ids, String));
  add(
    'components',
    listText(roles, (role) => ROLE_TEXTS[role]!),
  );
  if (isMaskLogged) add('mask', listText(mask, String));
  for (const name of LISTS) {
    const values = trajectory[name];
    add(name, values && listText(values, textOf(name)));
  }
  add('reward', rewardText(trajectory));
  add('correct', scalar(trajectory.correct));
  add(
    'advantage',
    typeof advantage === 'object' ? listText(advantage, textOf('advantage')) : number(advantage),
  );
  add('truncated', scalar(trajectory.truncated));
  add('microbatch', number(trajectory.microbatch));
  add('rank', number(trajectory.rank));
  add('rollout', scalar(trajectory.rollout));
  add('trainedVersion', number(trajectory.trainedVersion));
  add('failure', scalar(trajectory.failure));
  add('groundTruth', scalar(trajectory.texts?.groundTruth));
  add('extras', trajectory.extras && byNameText(trajectory.extras));
  return `{${members.join(',')}}`;
}

/** The first line of a rollouts@1 file. */
export function rolloutsHeader({ objective, options, unit }: Header = {}): string {
  return JSON.stringify({ format: ROLLOUTS_FORMAT, objective, options, unit });
}
