// The text of a response, joined from its tokens, with the place of every token in it.
import { ROLES, type Trajectory } from '../trajectory.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');

/** A text and the tokens that it was joined from. */
export interface JoinedText {
  readonly text: string;
  /** [n] the indices of the tokens in their trajectory, ascending. */
  readonly tokens: readonly number[];
  /** [n + 1] token i has the characters starts[i] … starts[i + 1] − 1. */
  readonly starts: readonly number[];
}

/** A token as text: marks for blanks become what they stand for. */
function textOf(token: string): string {
  return token
    .replaceAll('\u0120', ' ')
    .replaceAll('\u2581', ' ')
    .replaceAll('\u010a', '\n')
    .replaceAll('\u0109', '\t');
}

/** All tokens but prompt and padding as one text; words are joined by blanks. Undefined if the trajectory has no token strings. */
export function joinedText({ tokens, roles, unit }: Trajectory): JoinedText | undefined {
  if (tokens === undefined) return undefined;
  const places: number[] = [];
  const starts = [0];
  const pieces: string[] = [];
  let length = 0;
  tokens.forEach((token, t) => {
    if (roles[t] === PROMPT || roles[t] === PAD) return;
    const piece = unit === 'words' ? `${pieces.length === 0 ? '' : ' '}${token}` : textOf(token);
    pieces.push(piece);
    places.push(t);
    length += piece.length;
    starts.push(length);
  });
  return { text: pieces.join(''), tokens: places, starts };
}

/**
 * The tokens that a match from … to − 1 of the text covers at least a part of, as indices of the trajectory.
 * @param first a place in `tokens` before which no token is looked at
 */
export function tokensWithin(
  { tokens, starts }: JoinedText,
  from: number,
  to: number,
  first = 0,
): { readonly covered: readonly number[]; readonly next: number } {
  let i = first;
  while (i < tokens.length && starts[i + 1]! <= from) i++;
  const covered: number[] = [];
  let j = i;
  while (j < tokens.length && starts[j]! < to) covered.push(tokens[j++]!);
  return { covered, next: i };
}
