// The columns of the explorer as they grow, trajectory by trajectory.
import type { BinaryDecision } from '../audit/binaryDecisions.ts';
import { Column } from '../audit/columns/column.ts';
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
  private readonly axis: Column;

  constructor(axis: Column) {
    this.axis = axis;
  }

  /** Adds numbers at the end of a column, before the axis grows by as many. */
  push(name: string, values: Iterable<number>): void {
    const column = this.byName.get(name) ?? new Column();
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
  private readonly groups = new Numbering();
  private readonly texts = new Numbering();
  private readonly places = new Map<string, number[]>();
  private unit: Trajectory['unit'] = 'tokens';
  private readonly end = new Column();
  private readonly file = new Column();
  private readonly line = new Column();
  private readonly group = new Column();
  private readonly step = new Column();
  private readonly reward = new Column();
  private readonly advantage = new Column();
  private readonly correct = new Column();
  private readonly truncated = new Column();
  private readonly rewards = new Columns(this.end);
  private readonly text = new Column();
  private readonly role = new Column();
  private readonly mask = new Column();
  private readonly attempt = new Column();
  private readonly numbers = new Columns(this.text);
  private readonly terms = new Columns(this.text);
  private readonly decision = { token: new Column(), stop: new Column() };

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
      text: this.text.integers(),
      role: Uint8Array.from(this.role.values()),
      mask: Uint8Array.from(this.mask.values()),
      attempt: this.attempt.integers(),
      ...this.numbers.all,
      ...(Object.keys(weights).length === 0 ? {} : { weights }),
    };
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
        offsets: Int32Array.from([0, ...this.end.values()]),
        file: this.file.integers(),
        line: this.line.integers(),
        group: this.group.integers(),
        step: this.step.values(),
        reward: this.reward.values(),
        rewards: this.rewards.all,
        advantage: this.advantage.values(),
        correct: Uint8Array.from(this.correct.values()),
        truncated: Uint8Array.from(this.truncated.values()),
      },
      tokens: this.tokens,
      decisions: { token: this.decision.token.integers(), stop, resample: stop.map((p) => 1 - p) },
    };
  }
}
