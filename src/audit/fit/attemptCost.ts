// The cost of an attempt that advantages were made with: within a group they are an affine function of R − cost·(attempts − 1).
import { ROUNDING } from '../alternatives.ts';
import { Column, IntegerColumn } from '../columns/column.ts';
import { listsBy } from '../columns/lists.ts';
import type { PageMemory } from '../columns/pageMemory.ts';
import { groupsOf } from '../members.ts';
import type { Summary } from '../summary.ts';

/** Below this share of Σ(k − k̄)² what the advantages leave of the attempts is rounding. */
const LEAST = 1e-6;

/** The number of six digits that is the same within rounding, where there is one. */
function shortened(x: number): number {
  const short = Number(x.toPrecision(6));
  return Math.abs(short - x) <= ROUNDING * Math.abs(x) ? short : x;
}

/** Values less their mean, at these indices. */
function centred(values: Column, members: readonly number[]): Float64Array {
  const picked = Float64Array.from(members, (i) => values.at(i));
  const mean = picked.reduce((sum, x) => sum + x, 0) / picked.length;
  return picked.map((x) => x - mean);
}

function product(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, k) => sum + value * y[k]!, 0);
}

/** What y leaves of x. */
function rest(x: Float64Array, y: Float64Array): Float64Array {
  const slope = product(x, y) / product(y, y);
  return x.map((value, k) => value - slope * y[k]!);
}

/**
 * The cost c in A_i = s_g·((R_i − R̄) − c·(k_i − k̄)) + b_g, with k the attempts less one and a factor s_g and an offset b_g of every group:
 * R − R̄ = A/s_g + c·(k − k̄) is linear in c, and least squares over what A leaves of k gives it. A trajectory without a group counts
 * with the others of its batch that have none.
 * @param again k_i, [N]
 * @param advantage A_i, [N]; NaN where it is not known
 * @returns undefined where no group tells
 */
export function attemptCostOf(summary: Summary, again: Column, advantage: Column): number | undefined {
  const { count, group, batch, reward, memory } = summary;
  let [top, bottom] = [0, 0];
  const alone = new IntegerColumn(memory);
  for (let i = 0; i < count; i++) alone.push(group.at(i) < 0 ? batch.at(i) : -1);
  for (const lists of [groupsOf(summary), listsBy(alone)]) {
    for (const members of lists) {
      const known = members.filter((i) => Number.isFinite(reward.at(i) + advantage.at(i)));
      const [a, r, k] = [centred(advantage, known), centred(reward, known), centred(again, known)];
      if (product(a, a) === 0) continue;
      const left = rest(k, a);
      const size = product(left, left);
      if (!(size > LEAST * product(k, k))) continue;
      top += product(left, r);
      bottom += size;
    }
  }
  return bottom === 0 ? undefined : shortened(top / bottom);
}

/** The attempts of each trajectory less one, as they are read. */
export class AttemptColumn {
  /** k_i, [N]. */
  readonly column: Column;

  /** @param memory where the column is; left out: in memory */
  constructor(memory?: PageMemory) {
    this.column = new Column(memory);
  }

  /** @param attempt [T] the attempt of each token, from 0 */
  add(attempt: Int32Array): void {
    this.column.push(attempt.reduce((last, a) => Math.max(last, a), 0));
  }
}
