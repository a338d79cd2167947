// What the declared objective says of every trajectory: its advantage, its factor, and the weights of its tokens. Piece by piece, since
// a batch may be larger than memory: see `WeightParts`.
import { InputError } from '../base/errors.ts';
import type { Options } from '../base/options.ts';
import { OverflowError, type TokenBatch } from '../objectives/index.ts';
import type { TermWeights, TrajectoryNumbers, WeightParts } from '../objectives/objective.ts';
import type { Trajectory } from '../rollouts/index.ts';
import { attemptsOf } from '../rollouts/labels/attempts.ts';
import { Column } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import { batchesOf } from './members.ts';
import { groupSizes } from './openParts.ts';
import type { ChosenObjective } from './setting.ts';
import type { Summary } from './summary.ts';
import { batchOfOne } from './tokenBatch.ts';
import type { TokenView } from './tokenView.ts';

/** Two trajectories with rewards 0 and 1, to ask an objective what its advantages depend on. */
function probe(group: Int32Array, rewards: readonly Float64Array[]): TrajectoryNumbers {
  const numbers = { length: Float64Array.of(2, 2), reward: Float64Array.of(0, 1), group };
  return rewards.length === 0 ? numbers : { ...numbers, rewards };
}

/** Whether two inputs give other advantages; some objectives have none in a group of one, and say so by an error. */
function differ(
  parts: WeightParts<Options>,
  options: Options,
  inputs: readonly TrajectoryNumbers[],
): boolean {
  try {
    const [one, other] = inputs.map((numbers) => parts.scales(numbers, options).advantage);
    return one!.some((a, i) => a !== other![i]);
  } catch (error) {
    if (error instanceof InputError) return true;
    throw error;
  }
}

/** Whether advantages depend on who is in a group with whom. */
export function readsGroups(parts: WeightParts<Options>, options: Options, functions: number): boolean {
  const rewards = Array.from({ length: functions }, () => Float64Array.of(0, 1));
  const groups = [Int32Array.of(0, 0), Int32Array.of(0, 1)];
  return differ(
    parts,
    options,
    groups.map((group) => probe(group, rewards)),
  );
}

function readsFunctions(parts: WeightParts<Options>, options: Options, functions: number): boolean {
  if (functions === 0) return false;
  const alike = (column: Float64Array): Float64Array[] => Array.from({ length: functions }, () => column);
  const inputs = [alike(Float64Array.of(0, 1)), alike(Float64Array.of(1, 0))];
  return differ(
    parts,
    options,
    inputs.map((rewards) => probe(Int32Array.of(0, 0), rewards)),
  );
}

/** The entries at these indices. */
function picked(of: Column, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (i) => of.at(i));
}

/** Weights that are proportional to |A| for each sign of A, at an advantage for each token. */
export function atTokenAdvantages(
  at: (advantage: number) => TermWeights,
  advantage: Float64Array,
): TermWeights {
  const [up, down] = [at(1), at(-1)];
  const policy = advantage.map((a, t) =>
    a === 0 || Number.isNaN(a) ? 0 : Math.abs(a) * (a > 0 ? up : down).policy[t]!,
  );
  if (up.kl === undefined) return { total: policy, policy };
  return { total: policy.map((w, t) => w + up.kl![t]!), policy, kl: up.kl };
}

/** Which advantages weights are computed at, where there are both: the other ones stand in where these are missing. */
export type Advantages = 'logged' | 'formula';

/** An objective on the trajectories of one input, in two passes. */
export interface Weigher {
  add(trajectory: Trajectory): void;
  /** Between the passes: fills in advantages and factors of the summary. */
  complete(summary: Summary): void;
  /** Second pass. */
  view(trajectory: Trajectory, i: number): TokenView;
  /** How many trajectories have weights beyond the range of numbers. */
  readonly overflows: number;
}

/** An objective whose weights come in steps. */
export class Reference implements Weigher {
  private readonly chosen: ChosenObjective;
  private readonly parts: WeightParts<Options>;
  private readonly prefers: Advantages;
  private readonly memory: PageMemory | undefined;
  private length: Column;
  private reward: Column;
  /** By reward function, in the order in which they appear; a trajectory without one has NaN there. */
  private readonly rewards = new Map<string, Column>();
  /** What is taken off the reward, where that is one more function. */
  private taken: Column;
  private summary: Summary | undefined;
  overflows = 0;

  /**
   * @param parts those of the chosen objective
   * @param memory where the columns are; left out: in memory
   */
  constructor(
    chosen: ChosenObjective,
    parts: WeightParts<Options>,
    prefers: Advantages,
    memory?: PageMemory,
  ) {
    this.memory = memory;
    this.length = new Column(memory);
    this.reward = new Column(memory);
    this.taken = new Column(memory);
    this.chosen = chosen;
    this.parts = parts;
    this.prefers = prefers;
  }

  private rewardsOf({ rewards }: Trajectory): readonly number[] {
    return [...this.rewards.keys()].map((name) => rewards?.[name] ?? Number.NaN);
  }

  private batch(trajectory: Trajectory, attempt: Int32Array): TokenBatch {
    const reward = trajectory.reward ?? Number.NaN;
    const rewards = this.rewardsOf(trajectory);
    // A reward that is no number is left out when advantages are computed; objectives only take numbers.
    const finite = (x: number): number => (Number.isFinite(x) ? x : 0);
    return batchOfOne(trajectory, attempt, 0, finite(reward), rewards.map(finite));
  }

  add(trajectory: Trajectory): void {
    const { parts, chosen } = this;
    for (const name of Object.keys(trajectory.rewards ?? {})) {
      if (!this.rewards.has(name)) this.rewards.set(name, new Column(this.memory));
    }
    const numbers = parts.numbers(this.batch(trajectory, attemptsOf(trajectory)), chosen.options);
    const i = this.length.length;
    this.length.push(numbers.length[0]!);
    this.reward.push(Number.isFinite(trajectory.reward ?? Number.NaN) ? numbers.reward[0]! : Number.NaN);
    const given = this.rewardsOf(trajectory);
    const columns = [...this.rewards.values()];
    // What did not score stays unknown.
    for (const [k, column] of columns.entries()) {
      column.padTo(i);
      column.push(Number.isFinite(given[k]) ? (numbers.rewards?.[k]?.[0] ?? Number.NaN) : Number.NaN);
    }
    const taken = numbers.rewards?.[columns.length];
    if (taken === undefined) return;
    this.taken.padTo(i);
    this.taken.push(taken[0]!);
  }

  complete(summary: Summary): void {
    this.summary = summary;
    const { parts, chosen } = this;
    const { options, objective } = chosen;
    const { length, reward } = this;
    const rewards = [...this.rewards.values(), ...(this.taken.length === 0 ? [] : [this.taken])];
    for (const column of rewards) column.padTo(length.length);
    const grouped = readsGroups(parts, options, rewards.length);
    const looked = readsFunctions(parts, options, rewards.length) ? rewards : [];
    const { leastGroup } = objective.traits(options);
    const sizes = groupSizes(summary);
    const isUsable = (i: number): boolean =>
      Number.isFinite(reward.at(i)) &&
      looked.every((column) => Number.isFinite(column.at(i))) &&
      (!grouped || (summary.group.at(i) >= 0 && sizes.at(summary.group.at(i)) >= leastGroup));
    for (const members of batchesOf(summary)) {
      const all: TrajectoryNumbers = {
        length: picked(length, members),
        reward: new Float64Array(members.length),
        group: new Int32Array(members.length),
        ...(looked.length === 0 ? {} : { rewards: looked.map(() => new Float64Array(members.length)) }),
      };
      // Factors come from lengths alone, so that a reward nobody knows leaves them as they are.
      const whole = members.length >= leastGroup ? parts.scales(all, options).coefficient : undefined;
      for (const [k, i] of members.entries()) summary.coefficient.set(i, whole?.[k] ?? Number.NaN);
      const usable = members.filter(isUsable);
      if (usable.length === 0) continue;
      const { advantage } = parts.scales(
        {
          length: picked(length, usable),
          reward: picked(reward, usable),
          group: Int32Array.from(usable, (i) => (grouped ? summary.group.at(i) : i)),
          ...(looked.length === 0 ? {} : { rewards: looked.map((column) => picked(column, usable)) }),
        },
        options,
      );
      for (const [k, i] of usable.entries()) summary.advantage.set(i, advantage[k]!);
    }
    this.forget();
  }

  /** Lets go of the columns, which only the advantages need; the names of the functions stay. */
  private forget(): void {
    this.memory?.release([this.length, this.reward, this.taken, ...this.rewards.values()]);
    this.length = new Column(this.memory);
    this.reward = new Column(this.memory);
    this.taken = new Column(this.memory);
    for (const name of this.rewards.keys()) this.rewards.set(name, new Column(this.memory));
  }

  /** What a trajectory's weights are computed at: a number, or one for each token; NaN where neither is known. */
  private advantageOf(trajectory: Trajectory, i: number): number | Float64Array {
    const own = this.summary!.advantage.at(i);
    const logged = this.chosen.objective.imitates ? own : (trajectory.advantage ?? Number.NaN);
    const isKnown = (a: number | Float64Array): boolean => typeof a !== 'number' || Number.isFinite(a);
    const [first, second] = this.prefers === 'logged' ? [logged, own] : [own, logged];
    return isKnown(first) ? first : second;
  }

  private weights(trajectory: Trajectory, i: number, attempt: Int32Array): TermWeights | undefined {
    const { parts, chosen, summary } = this;
    const coefficient = summary!.coefficient.at(i);
    const advantage = this.advantageOf(trajectory, i);
    if (Number.isNaN(coefficient)) return undefined;
    const batch = this.batch(trajectory, attempt);
    const at = (advantage: number): TermWeights =>
      parts.weights(
        batch,
        { advantage: Float64Array.of(advantage), coefficient: Float64Array.of(coefficient) },
        chosen.options,
      );
    try {
      if (typeof advantage !== 'number') return atTokenAdvantages(at, advantage);
      return Number.isFinite(advantage) ? at(advantage) : undefined;
    } catch (error) {
      if (!(error instanceof OverflowError)) throw error;
      this.overflows++;
      return undefined;
    }
  }

  view(trajectory: Trajectory, i: number): TokenView {
    const attempt = attemptsOf(trajectory);
    const { summary } = this;
    const bare = bareView(trajectory, i, attempt, summary!);
    const terms = this.weights(trajectory, i, attempt);
    if (terms === undefined) return bare;
    return { ...bare, terms, weights: terms.total };
  }
}

/** A view without weights. */
export function bareView(
  trajectory: Trajectory,
  i: number,
  attempt: Int32Array,
  summary: Summary,
): TokenView {
  return {
    trajectory,
    i,
    attempt,
    length: summary.length.at(i),
    advantage: summary.advantage.at(i),
    loggedAdvantage: summary.loggedAdvantage.at(i),
    coefficient: summary.coefficient.at(i),
  };
}
