// What would change under another objective: the weights of both on the same tokens, compared.
import { ROLES } from '../rollouts/trajectory.ts';
import type { Passes } from './audit.ts';
import type { ChosenObjective } from './setting.ts';
import { Summariser } from './summarise.ts';
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

/**
 * Compares two objectives, each at the advantages of its own formula. Rollouts are read three times.
 * @throws InputError as `passes` does
 */
export async function compareObjectives(
  passes: Passes,
  here: ChosenObjective,
  there: ChosenObjective,
): Promise<Comparison> {
  const [a, b] = [here, there].map((chosen) => weigherOf(chosen, 'formula'));
  const summariser = new Summariser();
  for await (const trajectory of passes()) {
    summariser.add(trajectory);
    a!.add(trajectory);
    b!.add(trajectory);
  }
  a!.complete(summariser.summary());
  b!.complete(summariser.summary());

  const each = async (
    see: (view: TokenView, here: Float64Array, there: Float64Array) => void,
  ): Promise<void> => {
    let i = 0;
    for await (const trajectory of passes()) {
      const view = a!.view(trajectory, i);
      const other = b!.view(trajectory, i++).weights;
      if (view.weights !== undefined && other !== undefined) see(view, view.weights, other);
    }
  };
  const totals = new Totals();
  await each((view, x, y) => totals.add(view, x, y));
  const [gained, lost] = [new LargestChanges(1), new LargestChanges(-1)];
  const [sizeA, sizeB] = totals.absolute as [number, number];
  if (sizeA > 0 && sizeB > 0) {
    await each((view, x, y) => {
      for (let t = 0; t < x.length; t++) {
        const [before, after] = [Math.abs(x[t]!) / sizeA, Math.abs(y[t]!) / sizeB];
        gained.add(view, t, before, after);
        lost.add(view, t, before, after);
      }
    });
  }
  const norm = Math.sqrt(totals.squares[0]! * totals.squares[1]!);
  const shares = ROLES.flatMap((role, r) =>
    totals.byRole[r] === 0 ? [] : [[role, totals.byRole[r]! / sizeB] as const],
  );
  return {
    cosine: norm === 0 ? Number.NaN : totals.dot / norm,
    signTurns: totals.turned,
    signTurnCount: totals.turnCount,
    shares: Object.fromEntries(shares),
    gained: gained.kept,
    lost: lost.kept,
  };
}
