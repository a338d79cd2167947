// The variance budget of C3 estimated from rollouts: how much of the reward's variance, given the prompt, is due to the randomness of
// decisions, and how much to that of everything else.
import { studentQuantile } from '../base/student.ts';
import { type Column, sumOf } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import { DecisionMoments } from './decisionMoments.ts';
import { groupsOf } from './members.ts';
import type { Summary } from './summary.ts';
import type { TokenView } from './tokenView.ts';

/** Attempts that have features of their own; later ones share those of the last. */
const ATTEMPTS = 3;
/** Groups without which an interval means nothing. */
const LEAST_GROUPS = 8;

/** Shares of Var(R | prompt). */
export interface VarianceShares {
  /** V_decision/Var(R), as far as features of the decision explain it. It may come out below 0, since it is unbiased. */
  readonly decision: number;
  /** The rest: sample tokens, rewards that are random given the trajectory, and what the features miss of decisions. */
  readonly sample: number;
  /** An interval of 95 % of the share of decisions, by the jackknife over groups. */
  readonly ci95: readonly [low: number, high: number];
  /** What it rests on. */
  readonly decisions: number;
  readonly groups: number;
}

/** Moments summed over a group, with R less the mean of the others as a factor of ξφ. */
interface GroupSums {
  /** Σ over members of (R_i − mean)²/(1 − 1/G): an unbiased variance of the group times its size. */
  readonly variance: number;
  /** [ATTEMPTS][2], [ATTEMPTS][3]. */
  readonly z: Float64Array;
  readonly m: Float64Array;
}

/** [ATTEMPTS][3] the products zzᵀ of each attempt. */
function products(z: Float64Array): Float64Array {
  const out = new Float64Array(3 * ATTEMPTS);
  for (let k = 0; k < ATTEMPTS; k++) {
    const [a, b] = [z[2 * k]!, z[2 * k + 1]!];
    out.set([a * a, a * b, b * b], 3 * k);
  }
  return out;
}

/** Σ over attempts of tr(M⁻¹·zzᵀ); a feature that varies with the other one only, or not at all, is left out. */
function form(zz: Float64Array, m: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < 3 * ATTEMPTS; k += 3) {
    const [m11, m12, m22] = [m[k]!, m[k + 1]!, m[k + 2]!];
    if (!(m11 > 0)) continue;
    const determinant = m11 * m22 - m12 * m12;
    sum +=
      determinant > 1e-9 * m11 * m22
        ? (m22 * zz[k]! - 2 * m12 * zz[k + 1]! + m11 * zz[k + 2]!) / determinant
        : zz[k]! / m11;
  }
  return sum;
}

/** Sums over groups; one group can be taken off. */
interface Sums {
  readonly z: Float64Array;
  /** Σ_g Z_g Z_gᵀ. */
  readonly own: Float64Array;
  readonly m: Float64Array;
  readonly variance: number;
  readonly count: number;
}

function sumsOver(groups: Iterable<GroupSums>): Sums {
  const [z, own, m] = [2, 3, 3].map((each) => new Float64Array(each * ATTEMPTS)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [variance, count] = [0, 0];
  const add = (sum: Float64Array, part: Float64Array): void => {
    for (const [k, x] of part.entries()) sum[k]! += x;
  };
  for (const group of groups) {
    add(z, group.z);
    add(own, products(group.z));
    add(m, group.m);
    variance += group.variance;
    count++;
  }
  return { z, own, m, variance, count };
}

function without({ z, own, m, variance, count }: Sums, group: GroupSums): Sums {
  const less = (sum: Float64Array, part: Float64Array): Float64Array => sum.map((x, k) => x - part[k]!);
  return {
    z: less(z, group.z),
    own: less(own, products(group.z)),
    m: less(m, group.m),
    variance: variance - group.variance,
    count: count - 1,
  };
}

/**
 * The share of decisions: [(ΣZ)ᵀM⁻¹(ΣZ) − Σ_g Z_gᵀM⁻¹Z_g]·G/(G−1) over Σ Var, M and Var summed over the trajectories of G groups.
 * Products of a group with itself are left out, because they are positive where the expectation of Z is 0.
 */
function shareOf({ z, own, m, variance, count }: Sums): number {
  return ((form(products(z), m) - form(own, m)) * count) / (count - 1) / variance;
}

/**
 * Estimates the budget. With ξ = [stop] − P(stop | h) at every decision and features φ of the history,
 *
 *     E[(R − mean of the others)·Σ ξφ] = E Σ p(1−p)·Δ·φ,   Δ = Q_stop − Q_resample,   V_decision = E Σ p(1−p)·Δ².
 *
 * Where Δ is linear in φ, which is 1 and p − 1/2 for each of the first attempts, gᵀM⁻¹g is V_decision; else it is the part that φ
 * explains, and V_decision is larger. Rollouts that share nothing but their prompt tell no more without a model of Q. Assumed are:
 * log-probs of decisions are those they were drawn with, and what follows tells which way they went (a decision that a cut
 * trajectory ends with is left out: after it either would be cut); decisions are binary, and labelled whichever way they go; members of a
 * group are independent draws. The expectation is over prompts too, each by its trajectories. It keeps 15 numbers a trajectory.
 */
export class VarianceBudgetEstimate {
  private readonly moments: DecisionMoments;

  /** @param memory where the columns are; left out: in memory */
  constructor(memory?: PageMemory) {
    this.moments = new DecisionMoments(ATTEMPTS, memory);
  }

  /** Second pass; trajectories in order. */
  second(view: TokenView): void {
    this.moments.second(view);
  }

  /** How many decisions were left out because a trajectory was cut right behind them. */
  get undecided(): number {
    return this.moments.undecided;
  }

  private sumsOf(members: readonly number[], reward: Column): GroupSums {
    const size = members.length;
    const z = new Float64Array(2 * ATTEMPTS);
    const m = new Float64Array(3 * ATTEMPTS);
    const mean = members.reduce((sum, i) => sum + reward.at(i), 0) / size;
    let square = 0;
    for (const i of members) {
      square += (reward.at(i) - mean) ** 2;
      const against = ((reward.at(i) - mean) * size) / (size - 1);
      for (const [k, { one, belief, m11, m12, m22 }] of this.moments.attempts.entries()) {
        z[2 * k]! += against * one.at(i);
        z[2 * k + 1]! += against * belief.at(i);
        m[3 * k]! += m11.at(i);
        m[3 * k + 1]! += m12.at(i);
        m[3 * k + 2]! += m22.at(i);
      }
    }
    return { variance: (square * size) / (size - 1), z, m };
  }

  /**
   * The budget.
   * @returns undefined where there are no decisions with log-probs, fewer than 8 groups of several members, no variance of the reward,
   * or decisions that are not binary or labelled only when they go one way: then Σ ξ² and Σ p(1−p) disagree
   */
  judge(summary: Summary): VarianceShares | undefined {
    const { reward } = summary;
    const { decisions, isBiased } = this.moments;
    if (decisions === 0 || isBiased) return undefined;
    const groups = groupsOf(summary).narrowed((i) => Number.isFinite(reward.at(i)), 2);
    if (groups.length < LEAST_GROUPS) return undefined;
    const sums = sumsOver(groups.map((members) => this.sumsOf(members, reward)));
    if (!(sums.variance > 0)) return undefined;
    const decision = shareOf(sums);
    const left = groups.numbers((members) => shareOf(without(sums, this.sumsOf(members, reward))));
    const mean = sumOf(left) / left.length;
    const spread = sumOf(left, (x) => (x - mean) ** 2);
    const half =
      studentQuantile(groups.length - 1) * Math.sqrt(((groups.length - 1) / groups.length) * spread);
    return {
      decision,
      sample: 1 - decision,
      ci95: [decision - half, decision + half],
      decisions,
      groups: groups.length,
    };
  }
}
