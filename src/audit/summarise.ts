// The first pass: reads what is kept of every trajectory, and finds out which fields the input has at all.
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';
import { Column, IntegerColumn } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import { Numbering } from './numbering.ts';
import type { Need } from './rule.ts';
import type { Summary } from './summary.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');
const DECISION = ROLES.indexOf('decision');
const EOS = ROLES.indexOf('eos');

/** Columns by name; a trajectory without a name has NaN there. */
class NamedColumns {
  private readonly byName = new Map<string, Column>();
  private readonly memory: PageMemory | undefined;

  constructor(memory: PageMemory | undefined) {
    this.memory = memory;
  }

  push(values: Readonly<Record<string, number>> | undefined, i: number): void {
    for (const [name, value] of Object.entries(values ?? {})) {
      const column = this.byName.get(name) ?? new Column(this.memory);
      this.byName.set(name, column);
      column.padTo(i);
      column.push(value);
    }
  }

  columns(count: number): ReadonlyMap<string, Column> {
    for (const column of this.byName.values()) column.padTo(count);
    return this.byName;
  }
}

const flag = (value: boolean | undefined): number => (value === undefined ? Number.NaN : Number(value));

/** The first and the spread of the logged advantages of a trajectory, over the tokens with mask 1. */
function loggedAdvantage({ advantage, mask }: Trajectory): { first: number; spread: number } {
  if (advantage === undefined) return { first: Number.NaN, spread: 0 };
  if (typeof advantage === 'number') return { first: advantage, spread: 0 };
  let first = Number.NaN;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const [t, value] of advantage.entries()) {
    if (mask[t] === 0 || Number.isNaN(value)) continue;
    if (Number.isNaN(first)) first = value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { first, spread: most >= least ? most - least : 0 };
}

/** The needs that one trajectory meets beyond those that are a field of the same name. */
function* metBy(trajectory: Trajectory): Iterable<Need> {
  const { unit, isMaskLogged, areRolesLogged, roles, failure, texts, versions, advantage } = trajectory;
  if (unit === 'tokens') yield 'tokens';
  if (isMaskLogged) yield 'mask';
  if (areRolesLogged) yield 'roles';
  if (roles.includes(DECISION)) yield 'decisions';
  if (roles.includes(EOS)) yield 'ends';
  if (failure !== undefined) yield 'failure';
  if (texts !== undefined) yield 'texts';
  if (texts?.groundTruth !== undefined) yield 'groundTruth';
  if (versions !== undefined) yield 'versions';
  if (advantage !== undefined) yield 'advantage';
  if (advantage instanceof Float64Array) yield 'tokenAdvantages';
}

/** Fields that are needs by their own name. */
const FIELDS = [
  'ids',
  'logProbs',
  'oldLogProbs',
  'refLogProbs',
  'samplerLogProbs',
  'values',
  'returns',
  'tokenRewards',
  'reward',
  'rewards',
  'extras',
  'correct',
  'weights',
  'group',
  'step',
  'microbatch',
  'rank',
  'rollout',
  'truncated',
] as const satisfies readonly (Need & keyof Trajectory)[];

/** Collects the summary of trajectories that are added one by one. */
export class Summariser {
  private readonly memory: PageMemory | undefined;
  private readonly files = new Numbering();
  private readonly batches = new Numbering();
  private readonly groups: Numbering;
  private readonly rollouts: Numbering;
  private readonly stepOfBatch: number[] = [];
  private readonly columns;
  private readonly places;
  private readonly rewards: NamedColumns;
  private readonly extras: NamedColumns;
  /** What at least one trajectory has. */
  readonly has = new Set<Need>();
  /** How many there are. */
  count = 0;

  /** @param memory where the columns are; left out: in memory */
  constructor(memory?: PageMemory) {
    const numbers = (): Column => new Column(memory);
    const integers = (): IntegerColumn => new IntegerColumn(memory);
    this.memory = memory;
    this.groups = new Numbering(memory);
    this.rollouts = new Numbering(memory);
    this.rewards = new NamedColumns(memory);
    this.extras = new NamedColumns(memory);
    this.columns = {
      tokens: numbers(),
      length: numbers(),
      response: numbers(),
      reward: numbers(),
      loggedAdvantage: numbers(),
      advantageSpread: numbers(),
      correct: numbers(),
      truncated: numbers(),
      failed: numbers(),
      microbatch: numbers(),
      rank: numbers(),
    };
    this.places = {
      file: integers(),
      line: integers(),
      batch: integers(),
      group: integers(),
      rollout: integers(),
    };
  }

  /** Adds the next trajectory; its batch and its group are the last entries of their columns then. */
  add(trajectory: Trajectory): void {
    const { place, step, group, rollout, length, mask, roles } = trajectory;
    const { columns: c, places: p } = this;
    const batch = this.batches.of(step === undefined ? '' : String(step));
    if (batch === this.stepOfBatch.length) this.stepOfBatch.push(step ?? Number.NaN);
    let masked = 0;
    let response = 0;
    for (let t = 0; t < length; t++) {
      masked += mask[t]!;
      if (roles[t] !== PROMPT && roles[t] !== PAD) response++;
    }
    const advantage = loggedAdvantage(trajectory);
    p.file.push(this.files.of(place.file));
    p.line.push(place.line);
    p.batch.push(batch);
    // A batch is a number, so that the first blank ends it.
    p.group.push(group === undefined ? -1 : this.groups.of(`${batch} ${group}`));
    p.rollout.push(rollout === undefined ? -1 : this.rollouts.of(`${batch} ${rollout}`));
    c.tokens.push(length);
    c.length.push(masked);
    c.response.push(response);
    c.reward.push(trajectory.reward ?? Number.NaN);
    c.loggedAdvantage.push(advantage.first);
    c.advantageSpread.push(advantage.spread);
    c.correct.push(flag(trajectory.correct));
    c.truncated.push(flag(trajectory.truncated));
    c.failed.push(trajectory.failure === undefined ? 0 : 1);
    c.microbatch.push(trajectory.microbatch ?? Number.NaN);
    c.rank.push(trajectory.rank ?? Number.NaN);
    this.rewards.push(trajectory.rewards, this.count);
    this.extras.push(trajectory.extras, this.count);
    for (const need of metBy(trajectory)) this.has.add(need);
    for (const field of FIELDS) if (trajectory[field] !== undefined) this.has.add(field);
    this.count++;
  }

  /** The batch and the group of the trajectory that was added last; −1 without a group. */
  get last(): { readonly batch: number; readonly group: number } {
    const { batch, group } = this.places;
    return { batch: batch.at(this.count - 1), group: group.at(this.count - 1) };
  }

  /** The summary; advantages and coefficients are NaN until they are known. Nothing must be added afterwards. */
  summary(): Summary {
    const { memory, count, groups, stepOfBatch } = this;
    const unknown = (): Column => Column.filled(count, Number.NaN, memory);
    return {
      ...this.columns,
      ...this.places,
      memory,
      count,
      files: this.files.names,
      steps: Float64Array.from(stepOfBatch),
      groupCount: groups.size,
      rewards: this.rewards.columns(count),
      extras: this.extras.columns(count),
      advantage: unknown(),
      coefficient: unknown(),
    };
  }
}
