// A trajectory with other ends: without its padding, or with a prompt before it. All arrays over tokens are cut or filled alike.
import type { Trajectory } from '../trajectory.ts';
import { ROLE } from './roles.ts';

/** The arrays of numbers over tokens, which have NaN where there is none. */
const NUMBERS = [
  ...(['logProbs', 'oldLogProbs', 'refLogProbs', 'samplerLogProbs', 'values', 'returns'] as const),
  ...(['tokenRewards', 'advantage', 'weights', 'versions'] as const),
] as const;

/** Changes every array over tokens in its own way. */
interface Change {
  readonly numbers: (values: Float64Array) => Float64Array;
  readonly roles: (values: Uint8Array) => Uint8Array;
  readonly mask: (values: Uint8Array) => Uint8Array;
  readonly attempt: (values: Int32Array) => Int32Array;
  /** By how many places tokens move to the right. */
  readonly shift: number;
  readonly length: number;
}

function changed<T extends Trajectory>(trajectory: T, change: Change): T {
  const { roles, mask, attempt, nan, length: before } = trajectory;
  const { shift, length } = change;
  const numbers: Partial<Record<(typeof NUMBERS)[number], Float64Array>> = {};
  for (const name of NUMBERS) {
    const values = trajectory[name];
    // Of `versions` there may be two for the whole trajectory.
    if (values instanceof Float64Array && values.length === before) numbers[name] = change.numbers(values);
  }
  const inside = nan?.map((one) => ({ ...one, token: one.token + shift }));
  return {
    ...trajectory,
    ...numbers,
    length,
    roles: change.roles(roles),
    mask: change.mask(mask),
    ...(attempt === undefined ? {} : { attempt: change.attempt(attempt) }),
    ...(inside === undefined ? {} : { nan: inside.filter(({ token }) => token >= 0 && token < length) }),
  };
}

/** The tokens from … to − 1 of a trajectory, as one of its own. */
function cut<T extends Trajectory>(trajectory: T, from: number, to: number): T {
  const { ids, tokens, length } = trajectory;
  if (from === 0 && to === length) return trajectory;
  return {
    ...changed(trajectory, {
      numbers: (values) => values.slice(from, to),
      roles: (values) => values.slice(from, to),
      mask: (values) => values.slice(from, to),
      attempt: (values) => values.slice(from, to),
      shift: -from,
      length: to - from,
    }),
    ...(ids === undefined ? {} : { ids: ids.slice(from, to) }),
    ...(tokens === undefined ? {} : { tokens: tokens.slice(from, to) }),
  };
}

/** A trajectory whose ids and tokens are those of its response, with a prompt before them, [n] both. */
export function withPrompt(
  trajectory: Trajectory & { readonly ids: Int32Array; readonly tokens: readonly string[] },
  promptIds: readonly number[],
  promptTokens: readonly string[],
): Trajectory & { readonly ids: Int32Array; readonly tokens: readonly string[] } {
  const n = promptIds.length;
  const length = n + trajectory.length;
  return {
    ...changed(trajectory, {
      numbers: (values) => {
        const all = new Float64Array(length).fill(Number.NaN);
        all.set(values, n);
        return all;
      },
      roles: (values) => {
        const all = new Uint8Array(length).fill(ROLE.prompt);
        all.set(values, n);
        return all;
      },
      mask: (values) => {
        const all = new Uint8Array(length);
        all.set(values, n);
        return all;
      },
      attempt: (values) => {
        const all = new Int32Array(length);
        all.set(values, n);
        return all;
      },
      shift: n,
      length,
    }),
    ids: Int32Array.from([...promptIds, ...trajectory.ids]),
    tokens: [...promptTokens, ...trajectory.tokens],
  };
}

/** A trajectory without the padding at its two ends. */
export function withoutPadding<T extends Trajectory>(trajectory: T): T {
  const { roles, length } = trajectory;
  let from = 0;
  let to = length;
  while (from < to && roles[from] === ROLE.pad) from++;
  while (to > from && roles[to - 1] === ROLE.pad) to--;
  return cut(trajectory, from, to);
}
