// How the logged weights of each trajectory relate to those of the declared objective: a factor and what it leaves unexplained.
import { Column } from './column.ts';
import { once } from './once.ts';
import type { TokenView } from './tokenView.ts';

/** By column, one entry a trajectory: O(1) numbers of each. Trajectories come in order; one that comes again is passed over. */
export class LoggedScales {
  private readonly columns = {
    factor: new Column(),
    unexplained: new Column(),
    declared: new Column(),
    logged: new Column(),
  };

  /** Second pass. A token without a logged weight is left out. */
  add({ i, weights: declared, trajectory: { weights: logged } }: TokenView): void {
    if (i < this.columns.factor.length) return;
    let both = 0;
    let square = 0;
    let total = 0;
    let unexplained = 0;
    if (declared !== undefined && logged !== undefined) {
      for (const [t, w] of declared.entries()) {
        const u = logged[t]!;
        if (!Number.isFinite(u)) continue;
        both += u * w;
        square += w * w;
        total += u * u;
      }
      const factor = square === 0 ? 0 : both / square;
      for (const [t, w] of declared.entries()) {
        const u = logged[t]!;
        if (Number.isFinite(u)) unexplained += (u - factor * w) ** 2;
      }
    }
    const c = this.columns;
    c.factor.push(square === 0 ? Number.NaN : both / square);
    c.unexplained.push(unexplained);
    c.declared.push(square);
    c.logged.push(total);
  }

  /** [N] q_i, the factor with which the declared weights come closest to the logged ones; NaN where they are all 0. */
  get factor(): Float64Array {
    return this.columns.factor.values();
  }

  /** [N] Σ_t (logged − q_i·declared)². */
  get unexplained(): Float64Array {
    return this.columns.unexplained.values();
  }

  /** [N] Σ_t declared². */
  get declared(): Float64Array {
    return this.columns.declared.values();
  }

  /** [N] Σ_t logged². */
  get logged(): Float64Array {
    return this.columns.logged.values();
  }
}

/** The scales of an input, which several rules fill and read. */
export const loggedScalesOf = once(() => new LoggedScales());

/** How well the declared weights, each trajectory's times a factor and all times one number, explain the logged ones. */
export interface Fit {
  /** The number that all are multiplied by, by least squares. */
  readonly scale: number;
  /** √(Σ(logged − scale·f_i·declared)²/Σ logged²). */
  readonly misfit: number;
  /** The sum of squares that is left. */
  readonly rest: number;
  /** How many trajectories it rests on. */
  readonly count: number;
}

/**
 * Fits logged ≈ scale·f_i·declared.
 * @param f [N] the factor of each trajectory; one that is no number leaves the trajectory out
 */
export function fitFactors(scales: LoggedScales, f: Float64Array): Fit {
  const { factor, unexplained, declared, logged } = scales;
  let both = 0;
  let square = 0;
  let total = 0;
  let count = 0;
  for (const [i, q] of factor.entries()) {
    if (Number.isNaN(q) || !Number.isFinite(f[i])) continue;
    both += declared[i]! * f[i]! * q;
    square += declared[i]! * f[i]! ** 2;
    total += logged[i]!;
    count++;
  }
  const scale = square === 0 ? 0 : both / square;
  let rest = 0;
  for (const [i, q] of factor.entries()) {
    if (Number.isNaN(q) || !Number.isFinite(f[i])) continue;
    rest += unexplained[i]! + declared[i]! * (q - scale * f[i]!) ** 2;
  }
  return { scale, misfit: total === 0 ? 0 : Math.sqrt(rest / total), rest, count };
}
