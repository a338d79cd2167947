// How the logged weights of each trajectory relate to those of the declared objective: a factor and what it leaves unexplained.
import { Column, type Numbers } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import { once } from './once.ts';
import type { TokenView } from './tokenView.ts';

/** By column, one entry a trajectory: O(1) numbers of each. Trajectories come in order; one that comes again is passed over. */
export class LoggedScales {
  /** [N] q_i, the factor with which the declared weights come closest to the logged ones; NaN where they are all 0. */
  readonly factor: Column;
  /** [N] Σ_t (logged − q_i·declared)². */
  readonly unexplained: Column;
  /** [N] Σ_t declared². */
  readonly declared: Column;
  /** [N] Σ_t logged². */
  readonly logged: Column;

  /** @param memory where they are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.factor = new Column(memory);
    this.unexplained = new Column(memory);
    this.declared = new Column(memory);
    this.logged = new Column(memory);
  }

  /** Second pass. A token without a logged weight is left out. */
  add({ i, weights: declared, trajectory: { weights: logged } }: TokenView): void {
    if (i < this.factor.length) return;
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
    this.factor.push(square === 0 ? Number.NaN : both / square);
    this.unexplained.push(unexplained);
    this.declared.push(square);
    this.logged.push(total);
  }
}

/** The scales of an input, which several rules fill and read. */
export const loggedScalesOf = once(({ memory }) => new LoggedScales(memory));

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
export function fitFactors(scales: LoggedScales, f: Numbers): Fit {
  const { factor, unexplained, declared, logged } = scales;
  let both = 0;
  let square = 0;
  let total = 0;
  let count = 0;
  for (let i = 0; i < factor.length; i++) {
    const [q, x] = [factor.at(i), f.at(i)];
    if (Number.isNaN(q) || !Number.isFinite(x)) continue;
    both += declared.at(i) * x * q;
    square += declared.at(i) * x ** 2;
    total += logged.at(i);
    count++;
  }
  const scale = square === 0 ? 0 : both / square;
  let rest = 0;
  for (let i = 0; i < factor.length; i++) {
    const [q, x] = [factor.at(i), f.at(i)];
    if (Number.isNaN(q) || !Number.isFinite(x)) continue;
    rest += unexplained.at(i) + declared.at(i) * (q - scale * x) ** 2;
  }
  return { scale, misfit: total === 0 ? 0 : Math.sqrt(rest / total), rest, count };
}
