// The weights of an objective on the trajectories of a page, by the same code as the audit, so that the numbers are the same to the bit.

import { batchesOf, groupsOf } from '../audit/members.ts';
import type { Advantages } from '../audit/reference.ts';
import { Summariser } from '../audit/summarise.ts';
import { type Summary, unscaled } from '../audit/summary.ts';
import { weigherOf } from '../audit/weigher.ts';
import type { ExplorerData, ExplorerObjective } from '../documents/explorer.ts';
import { type Choice, chooseObjective } from '../objectives/registry.ts';
import type { Trajectory } from '../rollouts/trajectory.ts';

/** What an objective makes of the page's N trajectories with T tokens. */
export interface Weighed {
  /** The objective; undefined where the page holds the weights and cannot compute them. */
  readonly choice?: Choice;
  /** Which advantages it was computed at where there are both. */
  readonly prefers: Advantages;
  /** [T] w_t; NaN on trajectories for which the objective has none. */
  readonly total: Float64Array;
  /** [T] by term of the loss. */
  readonly policy: Float64Array;
  readonly kl?: Float64Array;
  /** [N] A_i by the formula of the objective, and c_i; NaN where they cannot be computed. */
  readonly advantage: Float64Array;
  readonly coefficient: Float64Array;
}

/** A part of a column as a trajectory has it: nothing where it holds no number. */
function part(column: Float64Array | undefined, from: number, to: number): Float64Array | undefined {
  const cut = column?.subarray(from, to);
  return cut === undefined || cut.every(Number.isNaN) ? undefined : cut;
}

/** A member that is there only where its value is. */
function member<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  if (value === undefined) return {};
  const found: { [N in Name]?: T } = {};
  found[name] = value;
  return found;
}

/** The trajectories as the audit reads them, [N]; arrays share memory with the columns. */
export function trajectoriesOf({
  trajectories: c,
  tokens,
  files,
  groups,
  texts,
  unit,
}: ExplorerData): Trajectory[] {
  const number = (x: number): number | undefined => (Number.isNaN(x) ? undefined : x);
  return Array.from(c.reward, (reward, i): Trajectory => {
    const [from, to] = [c.offsets[i]!, c.offsets[i + 1]!];
    const rewards = Object.entries(c.rewards).map(([name, column]) => [name, column[i]!]);
    return {
      place: { file: files[c.file[i]!]!, line: c.line[i]! },
      length: to - from,
      unit,
      tokens: Array.from(tokens.text.subarray(from, to), (k) => texts[k]!),
      roles: tokens.role.subarray(from, to),
      attempt: tokens.attempt.subarray(from, to),
      mask: tokens.mask.subarray(from, to),
      isMaskLogged: true,
      areRolesLogged: true,
      ...member('logProbs', part(tokens.logProb, from, to)),
      ...member('oldLogProbs', part(tokens.oldLogProb, from, to)),
      ...member('refLogProbs', part(tokens.refLogProb, from, to)),
      ...member('samplerLogProbs', part(tokens.samplerLogProb, from, to)),
      ...member('values', part(tokens.value, from, to)),
      ...member('reward', number(reward)),
      ...(rewards.length === 0 ? {} : { rewards: Object.fromEntries(rewards) }),
      ...member('advantage', number(c.advantage[i]!) ?? part(tokens.advantage, from, to)),
      ...member('group', c.group[i]! < 0 ? undefined : groups[c.group[i]!]),
      ...member('step', number(c.step[i]!)),
    };
  });
}

/** Trajectories of a step. */
const IN_STEP = 64;

/** Weighs the trajectories of one page under any objective. */
export class Weighing {
  readonly trajectories: readonly Trajectory[];
  /** [N] of numbers; advantages and coefficients are left to each objective. */
  readonly summary: Summary;
  /** Lists of trajectories: of each batch, and of each group within a batch. */
  readonly batches: readonly (readonly number[])[];
  readonly groups: readonly (readonly number[])[];
  private readonly data: ExplorerData;

  constructor(data: ExplorerData) {
    this.data = data;
    this.trajectories = trajectoriesOf(data);
    const summariser = new Summariser();
    for (const trajectory of this.trajectories) summariser.add(trajectory);
    this.summary = summariser.summary();
    this.batches = [...batchesOf(this.summary)];
    this.groups = [...groupsOf(this.summary)];
  }

  /** The place of the first token of trajectory i among all tokens. */
  offset(i: number): number {
    return this.data.trajectories.offsets[i]!;
  }

  /**
   * The weights of an objective.
   * @param prefers which advantages weights are computed at where there are both: those that were logged belong to one objective
   * @throws InputError for an unknown objective, options out of range, or an objective that is not defined on these trajectories
   */
  under(objective: ExplorerObjective, prefers: Advantages): Weighed {
    const steps = this.steps(objective, prefers);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return step.value;
  }

  /** The same in steps of few trajectories, between which a page can do something else. @throws InputError as `under` */
  *steps({ name, options }: ExplorerObjective, prefers: Advantages): Generator<void, Weighed> {
    const choice = chooseObjective(name, options);
    const { trainer, ...own } = choice;
    const from = trainer === undefined ? {} : { trainer };
    const weigher = weigherOf({ ...own, ...from, from: 'user' }, prefers);
    for (const [i, trajectory] of this.trajectories.entries()) {
      weigher.add(trajectory);
      if (i % IN_STEP === IN_STEP - 1) yield;
    }
    const summary = unscaled(this.summary);
    weigher.complete(summary);
    const { offsets } = this.data.trajectories;
    const column = (): Float64Array => new Float64Array(this.data.tokens.text.length).fill(Number.NaN);
    const [total, policy] = [column(), column()];
    let kl: Float64Array | undefined;
    for (const [i, trajectory] of this.trajectories.entries()) {
      if (i % IN_STEP === 0) yield;
      const { terms, weights } = weigher.view(trajectory, i);
      if (weights === undefined) continue;
      total.set(weights, offsets[i]!);
      policy.set(terms?.policy ?? weights, offsets[i]!);
      if (terms?.kl === undefined) continue;
      kl ??= column();
      kl.set(terms.kl, offsets[i]!);
    }
    const [advantage, coefficient] = [summary.advantage.values(), summary.coefficient.values()];
    return { choice, prefers, total, policy, advantage, coefficient, ...member('kl', kl) };
  }
}
