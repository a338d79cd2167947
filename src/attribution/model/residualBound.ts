// What rounding explains of the difference of two ways to the square of a gradient: a statistical bound, which holds with a stated
// probability where rounding errors are independent and have the mean 0. Worst cases, where all of them have one sign, are larger by the
// square root of how many there are: too large for a lost token to be seen.
// Source: Higham & Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41(5), 2019, theorem 2.4.
import type { FloatType } from '../../autodiff/index.ts';
import type { Network } from '../../nn/index.ts';
import { UNIT_ROUNDOFF } from '../tolerance.ts';

/** The probability with which the bound may fail. */
const FAILS = 1e-9;

/** Roundings of a softmax, a norm, or another sum that runs over several lanes: see "Accuracy" in docs/performance.md. */
const OF_SUM = 40;

/**
 * Roundings one after the other on the longest way through the network and back. A block adds up its width in the projections to and from
 * heads and to the MLP, the width of the MLP, here at most 4·d, and the keys of a context; the head adds up the width, and on the way back
 * the vocabulary.
 */
function roundings({ config: { width, layers, vocabulary } }: Network, longest: number): number {
  const block = 8 * width + longest + 4 * OF_SUM;
  return 2 * (layers * block + width + 2 * OF_SUM) + vocabulary;
}

/** What the bound is made of, besides the network. */
export interface ResidualSizes {
  readonly dtype: FloatType;
  /** Rows that go through the network: a gradient adds up as many terms. */
  readonly rows: number;
  /** The longest sequence. */
  readonly longest: number;
  /** [B] ‖g_i‖ */
  readonly trajectoryNorm: Float64Array;
  /** ‖g‖ */
  readonly size: number;
}

/**
 * A statistical bound on |Σ_t w_t⟨u_t, g⟩ − ‖g‖²| by ‖g‖²: √2·γ̃(n)·√(Σ_i ‖g_i‖²)/‖g‖ with γ̃(n) = e^{λ·√n·u + n·u²/(1 − u)} − 1, where
 * λ = √(2·ln(2n/10⁻⁹)) makes it fail with probability 10⁻⁹. Errors of two ways, and of trajectories, are independent too, and are added as
 * squares.
 */
export function residualBound(
  network: Network,
  { dtype, rows, longest, trajectoryNorm, size }: ResidualSizes,
): number {
  const u = dtype === 'f64' ? UNIT_ROUNDOFF : 2 ** -24;
  const n = roundings(network, longest) + rows;
  const lambda = Math.sqrt(2 * Math.log((2 * n) / FAILS));
  const gamma = Math.expm1(lambda * Math.sqrt(n) * u + (n * u * u) / (1 - u));
  const together = Math.sqrt(trajectoryNorm.reduce((sum, x) => sum + x * x, 0));
  return (Math.SQRT2 * gamma * together) / size;
}
