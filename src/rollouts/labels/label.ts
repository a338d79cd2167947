// Rules that give the tokens of a trajectory their roles and attempts where the file does not: which tokens are decisions, and which
// ones end an attempt. What the file says of a token goes first: a rule changes tokens of the role `sample` alone.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { ROLES, type Trajectory } from '../trajectory.ts';
import { joinedText, tokensWithin } from './joinedText.ts';
import type { TextPattern } from './pattern.ts';
import type { TokenNames } from './tokenNames.ts';

/** The rules of a user. */
export interface LabelRules {
  /** Tokens that are decisions; `--decision-tokens`. */
  readonly decisionTokens?: TokenNames;
  /** A token is a decision if a match in the response covers any part of it; `--decision-pattern`. */
  readonly decisionPattern?: TextPattern;
  /** Tokens that end an attempt; they belong to the attempt that they end; `--boundaries`. */
  readonly boundaries?: TokenNames;
}

/** Who said which role a token has, and `boundaries` for the ends of attempts. */
export type LabelSource = 'file' | 'reader' | 'decisionTokens' | 'decisionPattern' | 'boundaries';

/** How many tokens each rule labelled. Every token is counted once, except that `boundaries` count beside its role. */
export type LabelCounts = Readonly<Partial<Record<LabelSource, number>>>;

/** A trajectory with its labels. */
export interface Labelled {
  readonly trajectory: Trajectory;
  readonly counts: LabelCounts;
}

const SAMPLE = ROLES.indexOf('sample');
const DECISION = ROLES.indexOf('decision');
const PROMPT = ROLES.indexOf('prompt');

function fail({ place: { file, line } }: Trajectory, option: string, needs: string): never {
  throw new InputError(`${showText(file)}: line ${line}: ${option} needs ${needs}, and there are none`);
}

function checkNames(trajectory: Trajectory, names: TokenNames, option: string): void {
  if (names.byText && trajectory.tokens === undefined) fail(trajectory, option, 'token strings');
  if (names.byId && trajectory.ids === undefined) fail(trajectory, option, 'token ids');
}

/** Marks the tokens of role `sample` that `is` holds for, and counts them. */
function mark(roles: Uint8Array, tokens: Iterable<number>): number {
  let count = 0;
  for (const t of tokens) {
    if (roles[t] !== SAMPLE) continue;
    roles[t] = DECISION;
    count++;
  }
  return count;
}

function* named(trajectory: Trajectory, names: TokenNames): Generator<number> {
  for (let t = 0; t < trajectory.length; t++) if (names.has(trajectory, t)) yield t;
}

function* matched(trajectory: Trajectory, pattern: TextPattern): Generator<number> {
  const joined = joinedText(trajectory);
  if (joined === undefined) fail(trajectory, '--decision-pattern', 'token strings');
  let first = 0;
  for (const [from, to] of pattern.matches(joined.text)) {
    const { covered, next } = tokensWithin(joined, from, to, first);
    first = next;
    yield* covered;
  }
}

/** [T] the attempts, and how many tokens of the response end one. */
function attemptsOf(
  trajectory: Trajectory,
  names: TokenNames,
): { readonly attempt: Int32Array; readonly ends: number } {
  const attempt = new Int32Array(trajectory.length);
  let ends = 0;
  for (let t = 0; t < trajectory.length; t++) {
    attempt[t] = ends;
    if (trajectory.roles[t] !== PROMPT && names.has(trajectory, t)) ends++;
  }
  return { attempt, ends };
}

/**
 * Labels a trajectory by rules. The given one is left as it is.
 * @throws InputError if a rule needs token strings or ids and the trajectory has none
 */
export function labelled(trajectory: Trajectory, rules: LabelRules): Labelled {
  const { decisionTokens, decisionPattern, boundaries } = rules;
  const roles = trajectory.roles.slice();
  const counts: Partial<Record<LabelSource, number>> = {};
  if (decisionTokens !== undefined) {
    checkNames(trajectory, decisionTokens, '--decision-tokens');
    counts.decisionTokens = mark(roles, named(trajectory, decisionTokens));
  }
  if (decisionPattern !== undefined)
    counts.decisionPattern = mark(roles, matched(trajectory, decisionPattern));
  const byRule = (counts.decisionTokens ?? 0) + (counts.decisionPattern ?? 0);
  counts[trajectory.areRolesLogged ? 'file' : 'reader'] = trajectory.length - byRule;
  if (boundaries === undefined) return { trajectory: { ...trajectory, roles }, counts };
  checkNames(trajectory, boundaries, '--boundaries');
  const { attempt, ends } = attemptsOf(trajectory, boundaries);
  counts.boundaries = ends;
  return { trajectory: { ...trajectory, roles, attempt }, counts };
}

/** Counts of two parts of the input together. */
export function addCounts(a: LabelCounts, b: LabelCounts): LabelCounts {
  const sum: Partial<Record<LabelSource, number>> = { ...a };
  for (const [name, n] of Object.entries(b) as [LabelSource, number][]) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}
