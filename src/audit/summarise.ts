// The first pass: reads what is kept of every trajectory, and finds out which fields the input has at all.
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';
import { Column, IntegerColumn } from './column.ts';
import { Numbering } from './numbering.ts';
import type { Need } from './rule.ts';
import type { Summary } from './summary.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');
const DECISION = ROLES.indexOf('decision');
const EOS = ROLES.indexOf('eos');

/** Columns by name; a trajectory without a name has NaN there. */
class NamedColumns {
  readonly byName = new Map<string, Column>();

  push(values: Readonly<Record<string, number>> | undefined, i: number): void {
    for (const [name, value] of Object.entries(values ?? {})) {
      const column = this.byName.get(name) ?? new Column();
      this.byName.set(name, column);
      column.padTo(i);
      column.push(value);
    }
  }

  values(count: number): Map<string, Float64Array> {
    for (const column of this.byName.values()) column.padTo(count);
    return new Map([...this.byName].map(([name, column]) => [name, column.values()]));
  }
}

/** The values of columns of one length; those that are the same number throughout share one array. */
function sharing(count: number): (column: Column) => Float64Array {
  const shared = new Map<number, Float64Array>();
  return (column) => {
    const { constant } = column;
    if (constant === undefined) return column.values();
    const known = shared.get(constant) ?? new Float64Array(count).fill(constant);
    shared.set(constant, known);
    return known;
  };
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
  private readonly files = new Numbering();
  private readonly batches = new Numbering();
  private readonly groups = new Numbering();
  private readonly rollouts = new Numbering();
  private readonly stepOfBatch: number[] = [];
  private readonly columns = {
    tokens: new Column(),
    length: new Column(),
    response: new Column(),
    reward: new Column(),
    loggedAdvantage: new Column(),
    advantageSpread: new Column(),
    correct: new Column(),
    truncated: new Column(),
    failed: new Column(),
    microbatch: new Column(),
    rank: new Column(),
  };
  private readonly places = {
    file: new IntegerColumn(),
    line: new IntegerColumn(),
    batch: new IntegerColumn(),
    group: new IntegerColumn(),
    rollout: new IntegerColumn(),
  };
  private readonly rewards = new NamedColumns();
  private readonly extras = new NamedColumns();
  /** What at least one trajectory has. */
  readonly has = new Set<Need>();
  /** How many there are. */
  count = 0;

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
    return { batch: batch.values()[this.count - 1]!, group: group.values()[this.count - 1]! };
  }

  /** The summary; advantages and coefficients are NaN until they are known. */
  summary(): Summary {
    const { count, columns: c, places: p, groups } = this;
    const values = sharing(count);
    const unknown = (): Float64Array => new Float64Array(count).fill(Number.NaN);
    return {
      count,
      files: this.files.names,
      file: p.file.values(),
      line: p.line.values(),
      batch: p.batch.values(),
      steps: Float64Array.from(this.stepOfBatch),
      group: p.group.values(),
      groupCount: groups.size,
      groupNames: () => groups.names.map((name) => name.slice(name.indexOf(' ') + 1)),
      rollout: p.rollout.values(),
      tokens: values(c.tokens),
      length: values(c.length),
      response: values(c.response),
      reward: values(c.reward),
      rewards: this.rewards.values(count),
      extras: this.extras.values(count),
      loggedAdvantage: values(c.loggedAdvantage),
      advantageSpread: values(c.advantageSpread),
      correct: values(c.correct),
      truncated: values(c.truncated),
      failed: values(c.failed),
      microbatch: values(c.microbatch),
      rank: values(c.rank),
      advantage: unknown(),
      coefficient: unknown(),
    };
  }
}
