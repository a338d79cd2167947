// The prompts of groups, by hashes of their beginnings: how far two prompts agree, without keeping them.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
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

/** Collects the different prompts of each group, the first few of them. */
export class GroupPrompts {
  /** By the number of the trajectory's group within the input, in the order of appearance. */
  private readonly byGroup = new Map<
    string,
    { readonly prompts: Prompt[]; readonly first: number; readonly others: number[] }
  >();

  /** Adds a trajectory; steps of a longer rollout have prompts of their own and are passed over. */
  add(trajectory: Trajectory, i: number): void {
    const { group, step, rollout } = trajectory;
    if (group === undefined || rollout !== undefined) return;
    const prompt = promptOf(trajectory);
    if (prompt === undefined) return;
    const key = `${step ?? ''} ${group}`;
    const known = this.byGroup.get(key);
    if (known === undefined) {
      this.byGroup.set(key, { prompts: [prompt], first: i, others: [] });
      return;
    }
    if (known.prompts[0]!.whole === prompt.whole) return;
    known.others.push(i);
    if (known.prompts.length < 8 && !known.prompts.some(({ whole }) => whole === prompt.whole))
      known.prompts.push(prompt);
  }

  /** The groups, each with its first prompts and the trajectories whose prompt is not that of the first. */
  get groups(): readonly {
    readonly prompts: readonly Prompt[];
    readonly first: number;
    readonly others: readonly number[];
  }[] {
    return [...this.byGroup.values()];
  }
}

/** Whether the prompts of a group agree further than those of different groups do, as turns of one conversation. */
export function areTurns(prompts: readonly Prompt[], acrossGroups: number): boolean {
  const [first, ...others] = prompts;
  return others.every((other) => {
    const common = agreement(first!, other);
    return common > acrossGroups && common >= 0.4 * Math.min(first!.length, other.length);
  });
}

/** How far prompts of neighbouring groups agree at most. */
export function agreementAcross(groups: readonly { readonly prompts: readonly Prompt[] }[]): number {
  let most = 0;
  for (let g = 1; g < groups.length; g++) {
    most = Math.max(most, agreement(groups[g - 1]!.prompts[0]!, groups[g]!.prompts[0]!));
  }
  return most;
}
