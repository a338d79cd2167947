// Arrays that have no number where the loss needs one.
import { showText } from '../../base/show.ts';
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import type { Evidence, Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';
import { isWritten, runsWhere } from '../trained.ts';

const PROMPT = ROLES.indexOf('prompt');

const LOGGED = ['logProbs', 'oldLogProbs', 'refLogProbs', 'samplerLogProbs', 'weights'] as const;
const ARRAYS = [...LOGGED, 'advantage'] as const;
/** Numbers by token: the length of each can be another. */
const NUMBERS = [...LOGGED, 'values', 'returns', 'tokenRewards'] as const;

type ArrayName = (typeof ARRAYS)[number];

function arrayOf(trajectory: Trajectory, name: ArrayName): Float64Array | undefined {
  const value = trajectory[name];
  return value instanceof Float64Array ? value : undefined;
}

/** What is missing of one array. */
class Missing {
  readonly spans = new SpanList();
  tokens = 0;
  /** How many trajectories lack a number, and in how many the numbers that are missing are the last ones of the trajectory. */
  trajectories = 0;
  atTheEnd = 0;
  /** How many trajectories have the array, and in how many just one number is missing, the first or the last one. */
  seen = 0;
  oneAtAnEnd = 0;

  add(trajectory: Trajectory, values: Float64Array, name: ArrayName): void {
    const { mask, roles, length, nan } = trajectory;
    const written = new Set(nan?.filter(({ field }) => field === name).map(({ token }) => token));
    const isMissing = (t: number): boolean =>
      t >= values.length || (Number.isNaN(values[t]) && !written.has(t));
    const runs = runsWhere(length, (t) => mask[t] === 1 && isWritten(roles[t]!) && isMissing(t));
    this.seen++;
    if (runs.length === 0) return;
    this.trajectories++;
    for (const { from, to } of runs) {
      this.tokens += to - from;
      this.spans.add(trajectory, from, to);
    }
    if (runs.length > 1) return;
    const { from, to } = runs[0]!;
    const [isFirst, isLast] = [mask.indexOf(1) === from, mask.lastIndexOf(1) === to - 1];
    if (isLast) this.atTheEnd++;
    if ((isFirst || isLast) && to - from === 1) this.oneAtAnEnd++;
  }
}

/** An array of another length in the file, by the name that it has there. */
class OtherLength {
  readonly spans = new SpanList();
  /** In how many trajectories it has one entry less than there are tokens, or tokens behind the prompt. */
  oneLess = 0;
  largest = 0;

  add(trajectory: Trajectory, found: number): void {
    const written = trajectory.roles.filter((role) => role !== PROMPT).length;
    const short = Math.min(Math.abs(trajectory.length - found), Math.abs(written - found));
    if (found === trajectory.length - 1 || found === written - 1) this.oneLess++;
    this.largest = Math.max(this.largest, short);
    this.spans.add(trajectory);
  }
}

/** One number less everywhere is a convention, or a shift: see shifted-by-one. */
const conventional = (isEverywhere: boolean): { severity?: 'info' } =>
  isEverywhere ? { severity: 'info' } : {};

function ofHoles(name: ArrayName, missing: Missing, tokens: number): Evidence {
  const { spans, tokens: lost, trajectories, atTheEnd, seen, oneAtAnEnd } = missing;
  return {
    message: `${name} has no number for ${lost} of ${tokens} tokens with mask 1, in ${trajectories} trajectories (at the very end in ${atTheEnd}).`,
    evidence: { array: name, missing: lost, tokens, trajectories, atTheEnd },
    threshold: 0,
    spans: spans.spans,
    ...conventional(oneAtAnEnd === seen),
  };
}

function ofLengths(field: string, { spans, oneLess, largest }: OtherLength, count: number): Evidence {
  return {
    message: `${showText(field, 60)} has another length than the tokens in ${spans.count} of ${count} trajectories, by up to ${largest}.`,
    evidence: { array: showText(field, 60), trajectories: spans.count, of: count, largest, oneLess },
    threshold: 0,
    spans: spans.spans,
    ...conventional(oneLess === count),
  };
}

/** The rule `length-mismatch`. */
export const lengthMismatch: Rule = {
  code: 'length-mismatch',
  severity: 'error',
  sentence:
    'An array is shorter or longer than the tokens it belongs to, or has holes: what stands there is then taken from another token, or from nothing.',
  signature:
    'An array of the file has another length than the tokens, or tokens that the policy wrote and that have mask 1 lack a number which the file does not say is NaN.',
  formula: String.raw`\lvert\{t:m_t=1\}\rvert\ne\lvert\{t:m_t=1,\ \log\pi_t\text{ is there}\}\rvert`,
  advice: 'Cut or extend masks, log-probs and tokens together whenever a conversation is tokenised anew.',
  threshold:
    'None: a token that takes part in the loss needs a number. Where every trajectory lacks just its first or its last one, it is an info: a convention, or what shifted-by-one finds.',
  rate: 0,
  source: 'trl#5224, trl#5144',
  needs: [['mask', 'tokenAdvantages', ...NUMBERS]],
  watch: () => {
    const holes = new Map<ArrayName, Missing>();
    const lengths = new Map<string, OtherLength>();
    let [tokens, count] = [0, 0];
    return {
      first: (trajectory) => {
        count++;
        for (const { field, found } of trajectory.mismatch ?? []) {
          const entry = lengths.get(field) ?? new OtherLength();
          lengths.set(field, entry);
          entry.add(trajectory, found);
        }
        if (!trajectory.isMaskLogged || trajectory.mismatch !== undefined) return;
        tokens += trajectory.mask.reduce((sum, m) => sum + m, 0);
        for (const name of ARRAYS) {
          const values = arrayOf(trajectory, name);
          if (values === undefined) continue;
          const entry = holes.get(name) ?? new Missing();
          holes.set(name, entry);
          entry.add(trajectory, values, name);
        }
      },
      judge: () => [
        ...[...lengths].map(([field, other]) => ofLengths(field, other, count)),
        ...[...holes]
          .filter(([, { trajectories }]) => trajectories > 0)
          .map(([name, missing]) => ofHoles(name, missing, tokens)),
      ],
    };
  },
};
