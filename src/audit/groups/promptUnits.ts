// The prompts of groups, by hashes of their beginnings: how far two prompts agree, without keeping them.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import { groupSizes, OpenParts } from '../openParts.ts';
import type { Summary } from '../summary.ts';
import { Hash } from './hash.ts';

const PROMPT = ROLES.indexOf('prompt');

/** Lengths at which beginnings are compared: 1, 2, 3, 4, 5, 7, 9, … up to 10⁶, each at most 1.25 of the one before. */
export const LEVELS: readonly number[] = (() => {
  const out: number[] = [];
  for (let x = 1; x <= 1e6; x = Math.max(x + 1, Math.floor(x * 1.25))) out.push(x);
  return out;
})();

/** A prompt: its length, and the hashes of its beginnings at all levels within it. */
export interface Prompt {
  /** The hash of the whole. */
  readonly whole: number;
  readonly length: number;
  readonly beginnings: readonly number[];
}

/** The prompt of a trajectory in tokens, or in characters of its text; undefined if it is not in the file. */
export function promptOf({ ids, tokens, roles, length, texts }: Trajectory): Prompt | undefined {
  const hash = new Hash();
  const beginnings: number[] = [];
  let count = 0;
  const done = (): void => {
    count++;
    if (count === LEVELS[beginnings.length]) beginnings.push(hash.value);
  };
  if (ids !== undefined || tokens !== undefined) {
    for (let t = 0; t < length; t++) {
      if (roles[t] !== PROMPT) continue;
      if (ids !== undefined) hash.add(ids[t]!);
      else hash.addText(tokens![t]!);
      done();
    }
  }
  const text = texts?.prompt ?? '';
  if (count === 0) {
    for (let k = 0; k < text.length; k++) {
      hash.add(text.charCodeAt(k));
      done();
    }
  }
  return count === 0 ? undefined : { whole: hash.value, length: count, beginnings };
}

/** The largest level up to which two prompts are known to agree; 0 if they differ at once. */
export function agreement(a: Prompt, b: Prompt): number {
  let k = 0;
  while (k < a.beginnings.length && k < b.beginnings.length && a.beginnings[k] === b.beginnings[k]) k++;
  return k === 0 ? 0 : LEVELS[k - 1]!;
}

/** Different prompts of a group beside the first one that are looked at. */
const MOST_OTHERS = 7;
/** Trajectories of a group that are named as places. */
const MOST_ROWS = 50;
/** The share of the shorter prompt up to which turns of one conversation agree at least. */
const TURNS = 0.4;

/** A group that holds more than one prompt. */
export interface MixedGroup {
  /** How far the first prompt and any other one agree, the least of them, and whether that is most of the shorter one. */
  readonly agreement: number;
  readonly isLong: boolean;
  /** The trajectories: the first one, and the first ones whose prompt is another one. */
  readonly rows: readonly number[];
}

/** What is kept of a group that has begun. */
interface Begun {
  readonly prompt: Prompt;
  readonly others: Prompt[];
  readonly rows: number[];
}

/** Looks at the prompts of each group in the second pass; of groups that have ended it keeps those with several prompts only. */
export class GroupPrompts {
  private readonly open: OpenParts<{ begun?: Begun }>;
  private readonly keeps: (i: number) => boolean;
  private before: Prompt | undefined;
  /** Groups with several prompts. */
  readonly mixed: MixedGroup[] = [];
  /** The first prompts of the groups that are kept, by the number of the group. */
  readonly first = new Map<number, Prompt>();
  /** How many groups have a prompt, and how far those of neighbouring ones agree at most. */
  count = 0;
  acrossGroups = 0;

  /** @param keeps whether the first prompt of the group of trajectory i is kept */
  constructor(summary: Summary, keeps: (i: number) => boolean = () => false) {
    this.open = new OpenParts(summary.group, groupSizes(summary));
    this.keeps = keeps;
  }

  /** Adds a trajectory; steps of a longer rollout have prompts of their own and are passed over. */
  add(trajectory: Trajectory, i: number, group: number): void {
    if (group < 0) return;
    const { kept, isLast } = this.open.see(i, () => ({}));
    const prompt = trajectory.rollout === undefined ? promptOf(trajectory) : undefined;
    if (prompt !== undefined) kept.begun = this.seen(kept.begun, prompt, i, group);
    if (isLast && kept.begun !== undefined && kept.begun.others.length > 0)
      this.mixed.push(mixedOf(kept.begun));
  }

  private seen(known: Begun | undefined, prompt: Prompt, i: number, group: number): Begun {
    if (known === undefined) {
      this.count++;
      if (this.before !== undefined)
        this.acrossGroups = Math.max(this.acrossGroups, agreement(this.before, prompt));
      this.before = prompt;
      if (this.keeps(i)) this.first.set(group, prompt);
      return { prompt, others: [], rows: [i] };
    }
    if (known.prompt.whole === prompt.whole) return known;
    if (known.rows.length < MOST_ROWS) known.rows.push(i);
    if (known.others.length < MOST_OTHERS && !known.others.some(({ whole }) => whole === prompt.whole))
      known.others.push(prompt);
    return known;
  }

  /** Whether the prompts of a group agree further than those of different groups do, as turns of one conversation. */
  areTurns({ agreement, isLong }: MixedGroup): boolean {
    return isLong && agreement > this.acrossGroups;
  }
}

function mixedOf({ prompt, others, rows }: Begun): MixedGroup {
  const agreements = others.map((other) => agreement(prompt, other));
  return {
    agreement: Math.min(...agreements),
    isLong: others.every((other, k) => agreements[k]! >= TURNS * Math.min(prompt.length, other.length)),
    rows,
  };
}
