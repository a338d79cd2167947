// Sums of squares and products of a trajectory's logged weights, a surrogate and the penalties, from which every combination is fitted.

import type { TokenBatch } from '../../objectives/index.ts';
import { klSlope } from '../../objectives/index.ts';

/** The penalties that are tried: an estimator, and whether the sampler stands in the place of the reference. */
export const PENALTIES = [
  { klEstimator: 'k1', reference: 'refLogProb' },
  { klEstimator: 'k2', reference: 'refLogProb' },
  { klEstimator: 'k3', reference: 'refLogProb' },
  { klEstimator: 'k2', reference: 'samplerLogProb' },
] as const;

/** [penalties][T] −∂k/∂log π on tokens with mask 1, 0 elsewhere. */
export function penaltySlopes(batch: TokenBatch): Float64Array[] {
  return PENALTIES.map(({ klEstimator, reference }) => {
    const other = batch[reference] ?? batch.logProb;
    return batch.logProb.map((x, t) => (batch.mask[t] === 1 ? -klSlope(klEstimator, x - other[t]!) : 0));
  });
}

/** Σ_t x_t·y_t over tokens with mask 1. */
function product(x: Float64Array, y: Float64Array, mask: Uint8Array): number {
  let sum = 0;
  for (let t = 0; t < x.length; t++) if (mask[t] === 1) sum += x[t]! * y[t]!;
  return sum;
}

/** What does not depend on the surrogate: Σw², and for each penalty Σwk and Σk². */
export interface LoggedSums {
  readonly ww: number;
  readonly wk: readonly number[];
  readonly kk: readonly number[];
}

/** Sums of logged weights and penalties. */
export function loggedSums(w: Float64Array, slopes: readonly Float64Array[], mask: Uint8Array): LoggedSums {
  return {
    ww: product(w, w, mask),
    wk: slopes.map((k) => product(w, k, mask)),
    kk: slopes.map((k) => product(k, k, mask)),
  };
}

/** What depends on it, for one sign of the advantage: Σwp, Σp², and for each penalty Σpk. */
export interface PolicySums {
  readonly wp: number;
  readonly pp: number;
  readonly pk: readonly number[];
}

/** Sums of a surrogate's policy term. */
export function policySums(
  w: Float64Array,
  policy: Float64Array,
  slopes: readonly Float64Array[],
  mask: Uint8Array,
): PolicySums {
  return {
    wp: product(w, policy, mask),
    pp: product(policy, policy, mask),
    pk: slopes.map((k) => product(policy, k, mask)),
  };
}

/** A least-squares fit of w = κ·(policy + β·penalty). */
export interface LeastSquares {
  readonly scale: number;
  readonly beta: number;
  /** √(Σ residual²/Σw²). */
  readonly misfit: number;
}

/** The sums of a batch, after every trajectory is multiplied by its factors. */
export class NormalEquations {
  private ww = 0;
  private wp = 0;
  private pp = 0;
  private readonly wk = PENALTIES.map(() => 0);
  private readonly kk = PENALTIES.map(() => 0);
  private readonly pk = PENALTIES.map(() => 0);

  /** Adds a trajectory whose policy term is a·p and whose penalty c·k. */
  add(logged: LoggedSums, { wp, pp, pk }: PolicySums, a: number, c: number): void {
    this.ww += logged.ww;
    this.wp += a * wp;
    this.pp += a * a * pp;
    for (let j = 0; j < this.wk.length; j++) {
      this.wk[j]! += c * logged.wk[j]!;
      this.kk[j]! += c * c * logged.kk[j]!;
      this.pk[j]! += a * c * pk[j]!;
    }
  }

  private misfit(explained: number): number {
    return Math.sqrt(Math.max(0, 1 - explained / this.ww));
  }

  /** Without a penalty; undefined unless the factor is positive. */
  alone(): LeastSquares | undefined {
    const { wp, pp } = this;
    return wp > 0 && pp > 0 ? { scale: wp / pp, beta: 0, misfit: this.misfit((wp * wp) / pp) } : undefined;
  }

  /** With the j-th penalty; undefined unless the factor and β are positive. */
  withPenalty(j: number): LeastSquares | undefined {
    const { wp, pp } = this;
    const [wk, kk, pk] = [this.wk[j]!, this.kk[j]!, this.pk[j]!];
    const determinant = pp * kk - pk * pk;
    if (!(determinant > 1e-12 * pp * kk)) return undefined;
    const scale = (wp * kk - wk * pk) / determinant;
    const pull = (wk * pp - wp * pk) / determinant;
    if (!(scale > 0 && pull > 0)) return undefined;
    return { scale, beta: pull / scale, misfit: this.misfit(scale * wp + pull * wk) };
  }
}
