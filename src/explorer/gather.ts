// The columns of the explorer as they grow, trajectory by trajectory.
import type { BinaryDecision } from '../audit/binaryDecisions.ts';
import { ByteColumn, Column, IntegerColumn } from '../audit/columns/column.ts';
import type { PageMemory } from '../audit/columns/pageMemory.ts';
import { Numbering } from '../audit/numbering.ts';
import type { Span } from '../audit/rule.ts';
import type { ExplorerData, ExplorerSpan, ExplorerTokens } from '../documents/explorer.ts';
import type { TermWeights } from '../objectives/objective.ts';
import type { Trajectory } from '../rollouts/trajectory.ts';

/** Characters of a token's text that are kept: no reader sees more. */
const LONGEST_TEXT = 4000;

/** Columns by name over one axis; a name that comes late has NaN before, one that stays away NaN in the end. */
class Columns {
  private readonly byName = new Map<string, Column>();
  private readonly axis: { readonly length: number };
  private readonly memory: PageMemory | undefined;

  constructor(axis: { readonly length: number }, memory: PageMemory | undefined) {
    this.axis = axis;
    this.memory = memory;
  }

  /** Adds numbers at the end of a column, before the axis grows by as many. */
  push(name: string, values: Iterable<number>): void {
    const column = this.byName.get(name) ?? new Column(this.memory);
    this.byName.set(name, column);
    column.padTo(this.axis.length);
    for (const value of values) column.push(value);
  }

  /** [axis] by name. */
  get all(): Record<string, Float64Array> {
    for (const column of this.byName.values()) column.padTo(this.axis.length);
    return Object.fromEntries([...this.byName].map(([name, column]) => [name, column.values()]));
  }
}

function textOf({ tokens, ids }: Trajectory, t: number): string {
  const text = tokens?.[t] ?? (ids === undefined ? '·' : `⟨${ids[t]}⟩`);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** Names of the columns over tokens, by the field of a trajectory that fills them. */
const TOKEN_FIELDS = [
  ['logProbs', 'logProb'],
  ['oldLogProbs', 'oldLogProb'],
  ['refLogProbs', 'refLogProb'],
  ['samplerLogProbs', 'samplerLogProb'],
  ['values', 'value'],
  ['weights', 'loggedWeight'],
] as const;

/** Gathers trajectories into columns. */
export class Gatherer {
  private readonly files = new Numbering();
  private readonly groups: Numbering;
  private readonly texts: Numbering;
  private readonly places = new Map<string, number[]>();
  private unit: Trajectory['unit'] = 'tokens';
  private readonly end: IntegerColumn;
  private readonly file: IntegerColumn;
  private readonly line: IntegerColumn;
  private readonly group: IntegerColumn;
  private readonly step: Column;
  private readonly reward: Column;
  private readonly advantage: Column;
  private readonly correct: ByteColumn;
  private readonly truncated: ByteColumn;
  private readonly rewards: Columns;
  private readonly text: IntegerColumn;
  private readonly role: ByteColumn;
  private readonly mask: ByteColumn;
  private readonly attempt: IntegerColumn;
  private readonly numbers: Columns;
  private readonly terms: Columns;
  private readonly decision: { readonly token: IntegerColumn; readonly stop: Column };

  /** @param memory where the columns are while they grow; left out: in memory */
  constructor(memory?: PageMemory) {
    const numbers = (): Column => new Column(memory);
    const integers = (): IntegerColumn => new IntegerColumn(memory);
    const bytes = (): ByteColumn => new ByteColumn(memory);
    this.groups = new Numbering(memory);
    this.texts = new Numbering(memory);
    [this.end, this.file, this.line, this.group] = [integers(), integers(), integers(), integers()];
    [this.step, this.reward, this.advantage] = [numbers(), numbers(), numbers()];
    [this.correct, this.truncated] = [bytes(), bytes()];
    [this.text, this.attempt] = [integers(), integers()];
    [this.role, this.mask] = [bytes(), bytes()];
    this.rewards = new Columns(this.end, memory);
    this.numbers = new Columns(this.text, memory);
    this.terms = new Columns(this.text, memory);
    this.decision = { token: integers(), stop: numbers() };
  }

  /**
   * Adds a trajectory.
   * @param attempt [T] of its tokens
   * @param weights those of the objective, where the page cannot compute them
   */
  add(
    trajectory: Trajectory,
    attempt: Int32Array,
    decisions: readonly BinaryDecision[],
    weights: TermWeights | undefined,
  ): void {
    const { place, length, group, step, reward, advantage, correct, truncated } = trajectory;
    const from = this.text.length;
    const key = `${place.line} ${place.file}`;
    this.places.set(key, [...(this.places.get(key) ?? []), this.end.length]);
    this.unit = trajectory.unit;
    for (const [field, name] of TOKEN_FIELDS) {
      const values = trajectory[field];
      if (values !== undefined) this.numbers.push(name, values);
    }
    if (typeof advantage === 'object') this.numbers.push('advantage', advantage);
    for (const [name, values] of Object.entries(weights ?? {})) this.terms.push(name, values);
    for (const { token, stop } of decisions) {
      this.decision.token.push(from + token);
      this.decision.stop.push(stop);
    }
    for (let t = 0; t < length; t++) {
      this.text.push(this.texts.of(textOf(trajectory, t)));
      this.role.push(trajectory.roles[t]!);
      this.mask.push(trajectory.mask[t]!);
      this.attempt.push(attempt[t]!);
    }
    for (const [name, value] of Object.entries(trajectory.rewards ?? {})) this.rewards.push(name, [value]);
    this.file.push(this.files.of(place.file));
    this.line.push(place.line);
    this.group.push(group === undefined ? -1 : this.groups.of(group));
    this.step.push(step ?? Number.NaN);
    this.reward.push(reward ?? Number.NaN);
    this.advantage.push(typeof advantage === 'number' ? advantage : Number.NaN);
    this.correct.push(correct === undefined ? 2 : Number(correct));
    this.truncated.push(Number(truncated === true));
    this.end.push(this.text.length);
  }

  /** The places of a finding's span among the trajectories that were added. */
  span({ file, line, from, to }: Span): ExplorerSpan[] {
    return (this.places.get(`${line} ${file}`) ?? []).map((trajectory) => ({ trajectory, from, to }));
  }

  private get tokens(): ExplorerTokens {
    const weights = this.terms.all;
    return {
      text: this.text.values(),
      role: this.role.values(),
      mask: this.mask.values(),
      attempt: this.attempt.values(),
      ...this.numbers.all,
      ...(Object.keys(weights).length === 0 ? {} : { weights }),
    };
  }

  /** [trajectories + 1] */
  private get offsets(): Int32Array {
    const offsets = new Int32Array(this.end.length + 1);
    offsets.set(this.end.values(), 1);
    return offsets;
  }

  /** Everything that was added. */
  columns(): Omit<ExplorerData, 'command' | 'findings' | 'leftOut'> {
    const stop = this.decision.stop.values();
    return {
      unit: this.unit,
      files: this.files.names,
      groups: this.groups.names,
      texts: this.texts.names,
      trajectories: {
        offsets: this.offsets,
        file: this.file.values(),
        line: this.line.values(),
        group: this.group.values(),
        step: this.step.values(),
        reward: this.reward.values(),
        rewards: this.rewards.all,
        advantage: this.advantage.values(),
        correct: this.correct.values(),
        truncated: this.truncated.values(),
      },
      tokens: this.tokens,
      decisions: { token: this.decision.token.values(), stop, resample: stop.map((p) => 1 - p) },
    };
  }
}
