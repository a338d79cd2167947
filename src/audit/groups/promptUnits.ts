// The prompts of groups, by hashes of their beginnings: how far two prompts agree, without keeping them.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import { Column, IntegerColumn } from '../columns/column.ts';
import { Lists } from '../columns/lists.ts';
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

/** What is kept of a group that has begun. */
interface Begun {
  readonly prompt: Prompt;
  readonly others: Prompt[];
  readonly rows: number[];
}

/** First prompts of some groups. */
class FirstPrompts {
  /** [groups] the place of the prompt; −1 where it is not kept. */
  private readonly places: IntegerColumn;
  /** By place: where its numbers end, and these: the whole, the length, and the beginnings. */
  private readonly ends: Column;
  private readonly numbers: Column;

  constructor({ groupCount, memory }: Summary) {
    this.places = IntegerColumn.filled(groupCount, -1, memory);
    this.ends = new Column(memory);
    this.numbers = new Column(memory);
  }

  keep(group: number, { whole, length, beginnings }: Prompt): void {
    this.places.set(group, this.ends.length);
    for (const x of [whole, length, ...beginnings]) this.numbers.push(x);
    this.ends.push(this.numbers.length);
  }

  has(group: number): boolean {
    return this.places.at(group) >= 0;
  }

  of(group: number): Prompt | undefined {
    const place = this.places.at(group);
    if (place < 0) return undefined;
    const begin = place === 0 ? 0 : this.ends.at(place - 1);
    const count = this.ends.at(place) - begin;
    const [whole, length, ...beginnings] = Array.from({ length: count }, (_, k) =>
      this.numbers.at(begin + k),
    );
    return { whole: whole!, length: length!, beginnings };
  }
}

/** Looks at the prompts of each group in the second pass; of groups that have ended it keeps those with several prompts only. */
export class GroupPrompts {
  private readonly open: OpenParts<{ begun?: Begun }>;
  private readonly keeps: (i: number) => boolean;
  private before: Prompt | undefined;
  /** Of groups with several prompts the trajectories: the first one, and the first ones whose prompt is another one. */
  private readonly rows: Lists;
  /** How far the first prompt and any other one of such a group agree, the least of them; −1 where that is little of the shorter one. */
  private readonly agreements: Column;
  /** The first prompts of the groups that are kept, by the number of the group. */
  readonly first: FirstPrompts;
  /** How many groups have a prompt, and how far those of neighbouring ones agree at most. */
  count = 0;
  acrossGroups = 0;

  /** @param keeps whether the first prompt of the group of trajectory i is kept */
  constructor(summary: Summary, keeps: (i: number) => boolean = () => false) {
    this.open = new OpenParts(summary.group, groupSizes(summary));
    this.keeps = keeps;
    this.rows = new Lists(summary.memory);
    this.agreements = new Column(summary.memory);
    this.first = new FirstPrompts(summary);
  }

  /** Adds a trajectory; steps of a longer rollout have prompts of their own and are passed over. */
  add(trajectory: Trajectory, i: number, group: number): void {
    if (group < 0) return;
    const { kept, isLast } = this.open.see(i, () => ({}));
    const prompt = trajectory.rollout === undefined ? promptOf(trajectory) : undefined;
    if (prompt !== undefined) kept.begun = this.seen(kept.begun, prompt, i, group);
    if (isLast && kept.begun !== undefined && kept.begun.others.length > 0) {
      this.rows.push(kept.begun.rows);
      this.agreements.push(agreementIn(kept.begun));
    }
  }

  private seen(known: Begun | undefined, prompt: Prompt, i: number, group: number): Begun {
    if (known === undefined) {
      this.count++;
      if (this.before !== undefined)
        this.acrossGroups = Math.max(this.acrossGroups, agreement(this.before, prompt));
      this.before = prompt;
      if (this.keeps(i)) this.first.keep(group, prompt);
      return { prompt, others: [], rows: [i] };
    }
    if (known.prompt.whole === prompt.whole) return known;
    if (known.rows.length < MOST_ROWS) known.rows.push(i);
    if (known.others.length < MOST_OTHERS && !known.others.some(({ whole }) => whole === prompt.whole))
      known.others.push(prompt);
    return known;
  }

  /**
   * The trajectories of each group with several prompts.
   * @param areTurns whether its prompts agree further than those of different groups do, as turns of one conversation
   */
  mixed(areTurns: boolean): Lists {
    const kept = new Lists(this.rows.memory);
    for (let k = 0; k < this.rows.length; k++) {
      if (this.agreements.at(k) > this.acrossGroups === areTurns) kept.push(this.rows.at(k));
    }
    return kept;
  }
}

function agreementIn({ prompt, others }: Begun): number {
  const agreements = others.map((other) => agreement(prompt, other));
  const isLong = others.every((other, k) => agreements[k]! >= TURNS * Math.min(prompt.length, other.length));
  return isLong ? Math.min(...agreements) : -1;
}
