// What would change under another objective: the weights of both on the same tokens, compared.
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';
import { type LookBack, lookBack, type Observer, type Passes, runRules } from './audit.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import type { Weigher } from './reference.ts';
import type { ChosenObjective } from './setting.ts';
import { type Summary, unscaled } from './summary.ts';
import type { TokenView } from './tokenView.ts';
import { weigherOf } from './weigher.ts';

/** A token whose share of Σ|w| changes, as shares of the whole. */
export interface ChangedToken {
  readonly file: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

/** The comparison. */
export interface Comparison {
  /** ⟨w, w'⟩/(‖w‖·‖w'‖) over all tokens; NaN if one of them is 0 everywhere. */
  readonly cosine: number;
  /** The first trajectories whose Σw has another sign under the other objective. */
  readonly signTurns: readonly { readonly file: string; readonly line: number }[];
  readonly signTurnCount: number;
  /** Of Σ|w'| by component. */
  readonly shares: Readonly<Record<string, number>>;
  readonly gained: readonly ChangedToken[];
  readonly lost: readonly ChangedToken[];
}

const MOST = 20;

/** Keeps the tokens with the largest change. */
class LargestChanges {
  readonly kept: ChangedToken[] = [];
  private readonly sign: 1 | -1;

  /** @param sign 1 for gains, −1 for losses */
  constructor(sign: 1 | -1) {
    this.sign = sign;
  }

  private size({ before, after }: Pick<ChangedToken, 'before' | 'after'>): number {
    return this.sign * (after - before);
  }

  add({ trajectory: { place } }: TokenView, t: number, before: number, after: number): void {
    const { kept } = this;
    const size = this.size({ before, after });
    if (!(size > 0) || (kept.length === MOST && this.size(kept[MOST - 1]!) >= size)) return;
    if (kept.length === MOST) kept.pop();
    const at = kept.findIndex((other) => this.size(other) < size);
    const { file, line } = place;
    kept.splice(at === -1 ? kept.length : at, 0, { file, line, from: t, to: t + 1, before, after });
  }
}

/** Sums over all tokens of both weights. */
class Totals {
  dot = 0;
  readonly squares = [0, 0];
  readonly absolute = [0, 0];
  readonly byRole = new Float64Array(ROLES.length);
  readonly turned: { readonly file: string; readonly line: number }[] = [];
  turnCount = 0;

  add({ trajectory }: TokenView, a: Float64Array, b: Float64Array): void {
    let [sumA, sumB] = [0, 0];
    for (let t = 0; t < a.length; t++) {
      const [x, y] = [a[t]!, b[t]!];
      this.dot += x * y;
      this.squares[0]! += x * x;
      this.squares[1]! += y * y;
      this.absolute[0]! += Math.abs(x);
      this.absolute[1]! += Math.abs(y);
      this.byRole[trajectory.roles[t]!]! += Math.abs(y);
      sumA += x;
      sumB += y;
    }
    if (sumA * sumB >= 0) return;
    this.turnCount++;
    const { file, line } = trajectory.place;
    if (this.turned.length < MOST) this.turned.push({ file, line });
  }
}

/** Compares two objectives, each at the advantages of its own formula, in the passes of an audit and one more. */
export class ComparisonObserver implements Observer, LookBack {
  private readonly weighers: readonly [Weigher, Weigher];
  private readonly totals = new Totals();
  private readonly gained = new LargestChanges(1);
  private readonly lost = new LargestChanges(-1);

  /** @param memory where the columns are; left out: in memory */
  constructor(here: ChosenObjective, there: ChosenObjective, memory?: PageMemory) {
    this.weighers = [weigherOf(here, 'formula', memory), weigherOf(there, 'formula', memory)];
  }

  first(trajectory: Trajectory): void {
    for (const weigher of this.weighers) weigher.add(trajectory);
  }

  between(summary: Summary): void {
    for (const weigher of this.weighers) weigher.complete(unscaled(summary));
  }

  second({ trajectory, i }: TokenView): void {
    const [view, x, y] = this.both(trajectory, i);
    if (x !== undefined && y !== undefined) this.totals.add(view, x, y);
  }

  third(trajectory: Trajectory, i: number): void {
    const [sizeA, sizeB] = this.totals.absolute as [number, number];
    if (!(sizeA > 0 && sizeB > 0)) return;
    const [view, x, y] = this.both(trajectory, i);
    if (x === undefined || y === undefined) return;
    for (let t = 0; t < x.length; t++) {
      const [before, after] = [Math.abs(x[t]!) / sizeA, Math.abs(y[t]!) / sizeB];
      this.gained.add(view, t, before, after);
      this.lost.add(view, t, before, after);
    }
  }

  private both(
    trajectory: Trajectory,
    i: number,
  ): readonly [TokenView, Float64Array | undefined, Float64Array | undefined] {
    const [here, there] = this.weighers;
    const view = here.view(trajectory, i);
    return [view, view.weights, there.view(trajectory, i).weights];
  }

  /** The comparison, after all passes. */
  get comparison(): Comparison {
    const { squares, dot, turned, turnCount, byRole, absolute } = this.totals;
    const norm = Math.sqrt(squares[0]! * squares[1]!);
    const shares = ROLES.flatMap((role, r) =>
      byRole[r] === 0 ? [] : [[role, byRole[r]! / absolute[1]!] as const],
    );
    return {
      cosine: norm === 0 ? Number.NaN : dot / norm,
      signTurns: turned,
      signTurnCount: turnCount,
      shares: Object.fromEntries(shares),
      gained: this.gained.kept,
      lost: this.lost.kept,
    };
  }
}

/**
 * Compares two objectives, each at the advantages of its own formula. Rollouts are read three times.
 * @throws InputError as `passes` does
 */
export async function compareObjectives(
  passes: Passes,
  here: ChosenObjective,
  there: ChosenObjective,
): Promise<Comparison> {
  const observer = new ComparisonObserver(here, there);
  const run = await runRules([], passes, {}, [observer]);
  await lookBack(run, passes, [observer]);
  return observer.comparison;
}
