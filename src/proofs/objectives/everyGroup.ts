// A factor λ for groups of any size G, from those of some sizes: the one quotient of polynomials of degree 1 in G that has all of them.
import { type Fraction, gcd, showFraction } from '../../algebra/fraction.ts';

/** λ for one size of the group. */
export interface SizedFactor {
  readonly size: number;
  readonly factor: Fraction;
}

/** The determinant of a square matrix, by its first row. */
function determinant(rows: readonly (readonly bigint[])[]): bigint {
  const [first, ...rest] = rows;
  if (first === undefined) return 1n;
  return first.reduce((sum, x, k) => {
    const minor = determinant(rest.map((row) => row.filter((_, j) => j !== k)));
    return sum + (k % 2 === 0 ? x : -x) * minor;
  }, 0n);
}

/** What of a + b·G − λ·(c + d·G) is multiplied with a, b, c and d, times the denominator of λ. */
function equation({ size, factor: { n, d } }: SizedFactor): readonly bigint[] {
  const g = BigInt(size);
  return [d, d * g, -n, -n * g];
}

/** Whether a + b·G = λ·(c + d·G) at one size, with a divisor that is not 0 there. */
function isSolvedBy(quotient: readonly bigint[], one: SizedFactor): boolean {
  const isEqual = equation(one).reduce((sum, x, k) => sum + x * quotient[k]!, 0n) === 0n;
  return isEqual && quotient[2]! + quotient[3]! * BigInt(one.size) !== 0n;
}

/** a + b·G as text. */
function inG(constant: bigint, slope: bigint): string {
  const times = slope === 1n ? 'G' : slope === -1n ? '−G' : `${slope}·G`;
  if (slope === 0n) return `${constant}`;
  if (constant === 0n) return times;
  return `${times} ${constant < 0n ? '−' : '+'} ${constant < 0n ? -constant : constant}`;
}

function inBrackets(text: string): string {
  return /[ ·]/.test(text) ? `(${text})` : text;
}

/**
 * λ as a text in G. If λ is a quotient of polynomials of degree at most 1 in G, three sizes determine it; a fourth one is there to show
 * that it need not be one.
 * @returns undefined for fewer than four sizes, or if no such quotient has them all
 */
export function factorInG(factors: readonly SizedFactor[]): string | undefined {
  const [first] = factors;
  if (first === undefined || factors.length < 4) return undefined;
  if (factors.every(({ factor: { n, d } }) => n * first.factor.d === first.factor.n * d)) {
    return showFraction(first.factor);
  }
  const rows = factors.slice(0, 3).map(equation);
  // What the three equations leave: the minors of their matrix, with alternating signs.
  const solution = [0, 1, 2, 3].map((k) => {
    const minor = determinant(rows.map((row) => row.filter((_, j) => j !== k)));
    return k % 2 === 0 ? minor : -minor;
  });
  if (!factors.every((one) => isSolvedBy(solution, one))) return undefined;
  const leading = solution[3] === 0n ? solution[2]! : solution[3]!;
  const divisor = solution.reduce(gcd) * (leading < 0n ? -1n : 1n);
  const [a, b, c, d] = solution.map((x) => x / divisor);
  return `${inBrackets(inG(a!, b!))}/${inBrackets(inG(c!, d!))}`;
}
