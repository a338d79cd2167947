// Tokens as a user names them: by their text without the marks for blanks that tokenisers put before it, or by their id.
import type { Trajectory } from '../trajectory.ts';

/** Marks for a blank, a new line and a tab as byte-level BPE and SentencePiece write them, and these characters themselves. */
const LEADING = /^[\u0120\u2581\u010a\u0109\s]+/u;
const TRAILING = /[\u010a\s]+$/u;
/** What a word between blanks may have at its ends. */
const PUNCTUATION = /^\p{P}+|\p{P}+$/gu;
const ID = /^id:(\d{1,9})$/;

/** The text of a token without marks for blanks at its ends; the token itself if it has nothing else. */
export function bareToken(token: string): string {
  const bare = token.replace(LEADING, '').replace(TRAILING, '');
  return bare === '' ? token : bare;
}

/** Tells which tokens of trajectories are among those that a user named. */
export interface TokenNames {
  /** Whether some of them are named by their text, for which trajectories need token strings. */
  readonly byText: boolean;
  /** Whether some of them are named by their id, for which trajectories need ids. */
  readonly byId: boolean;
  /** Whether the t-th token is one of them. */
  has(trajectory: Trajectory, t: number): boolean;
}

/** These tokens: `Wait` by its text, `id:14190` by its id. Of words between blanks, punctuation at the ends does not count. */
export function tokenNames(names: readonly string[]): TokenNames {
  const ids = new Set(names.flatMap((name) => ID.exec(name)?.slice(1).map(Number) ?? []));
  const texts = new Set(names.filter((name) => !ID.test(name)).map(bareToken));
  const isText = (token: string, unit: Trajectory['unit']): boolean => {
    const bare = bareToken(token);
    return texts.has(bare) || (unit === 'words' && texts.has(bare.replace(PUNCTUATION, '')));
  };
  return {
    byText: texts.size > 0,
    byId: ids.size > 0,
    has: ({ tokens, ids: found, unit }, t) =>
      (found !== undefined && ids.has(found[t]!)) || (tokens !== undefined && isText(tokens[t]!, unit)),
  };
}
