// Whether logged advantages are divided by the standard deviation of their group, as the data shows it.

import type { Logged } from './line.ts';
import { doRewardsDiffer } from './line.ts';
import { hasAdvantage } from './logged.ts';

/** How the advantages of groups are divided: their mean squares are 1 by the population's std, (G−1)/G with Bessel's correction. */
export interface Normalisation {
  /** The share of groups that fit. */
  readonly share: number;
  /** Whether it is Bessel's correction that fits. */
  readonly bessel: boolean;
}

/** An ε of up to this share of the standard deviation is allowed for: 10⁻⁴ beside 0.01. */
const MOST_EPSILON = 0.01;

/**
 * The normalisation that most groups show. ΣA² is G−1 with Bessel's correction and G without it, times (σ/(σ+ε))², which is at least
 * 1 − 2ε/σ. Groups of equal rewards tell nothing.
 * @param groups members with a reward and an advantage
 */
export function normalisationOf(
  logged: Logged,
  groups: Iterable<readonly number[]>,
): Normalisation | undefined {
  let told = 0;
  let corrected = 0;
  let plain = 0;
  for (const members of groups) {
    if (members.length < 3 || !doRewardsDiffer(logged, members) || !hasAdvantage(logged, members)) continue;
    told++;
    let square = 0;
    for (const i of members) square += logged.advantage.at(i) ** 2;
    const fits = (expected: number): boolean =>
      square <= expected * (1 + MOST_EPSILON / 4) && square >= expected * (1 - 2 * MOST_EPSILON);
    if (fits(members.length - 1)) corrected++;
    if (fits(members.length)) plain++;
  }
  if (told === 0) return undefined;
  const bessel = corrected >= plain;
  return { share: Math.max(corrected, plain) / told, bessel };
}
