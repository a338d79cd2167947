// What the rules about divisors have in common: logged weights are compared with the declared objective and with every alternative to it.
import { aggregationOf, type DivisorCode, type Explanation, explanationOf } from './divisors.ts';
import { type LoggedScales, loggedScalesOf } from './loggedScales.ts';
import type { Evidence, Rule, Severity } from './rule.ts';
import type { Setting } from './setting.ts';
import { FALSE_ALARMS, ROUNDING } from './significance.ts';
import { largest, rowSpans } from './spans.ts';
import type { Summary } from './summary.ts';

/** A rule about a divisor, but for what all of them share. */
export interface DivisorRuleParts
  extends Pick<Rule, 'severity' | 'sentence' | 'signature' | 'formula' | 'advice' | 'source'> {
  readonly code: DivisorCode;
  /** Beside logged weights and the objective. */
  readonly needs?: Rule['needs'];
}

/** How the thresholds of these rules are derived. */
export const DIVISOR_THRESHOLD =
  'Null: the logged weights are those of the declared divisor up to a common factor and noise. An alternative is accepted if it explains them to 2⁻⁸ (two roundings to bfloat16), the declared one does not, and (rest of the declared one/rest of the alternative)^((n−1)/2) ≥ K/10⁻⁴ for n trajectories and K alternatives: by Markov’s inequality a right divisor is that unlikely with probability at most 10⁻⁴. Where only the size of the weights tells them apart, it must be met to 10⁻⁴·ln(10⁶)/2K, which an unknown common factor between 10⁻³ and 10³ does with probability at most 10⁻⁴.';

/** Why such a rule says nothing. */
export function silentWithoutAggregation(setting: Setting): string | undefined {
  return aggregationOf(setting) === undefined
    ? 'the objective has none of the divisors that alternatives are known for'
    : undefined;
}

/** A share in words; rounding of float64 has no digits worth telling. */
const percent = (x: number): string =>
  x < 1e-6 ? 'less than 0.0001 %' : `${Number((100 * x).toPrecision(3))} %`;

/**
 * The finding that follows from an explanation.
 * @param right what the weights are not made with
 */
export function divisorEvidence(
  summary: Summary,
  { alternative, preference, alsoFits }: Explanation,
  right = 'the declared divisor',
): Evidence {
  const { rejected, accepted, by } = preference;
  const ratio = (i: number): number =>
    (accepted.scale * alternative.factor.at(i)) / (by === 'size' ? 1 : rejected.scale);
  const rows = function* (): Generator<number> {
    for (let i = 0; i < alternative.factor.length; i++) if (Number.isFinite(ratio(i))) yield i;
  };
  const off = function* (): Generator<number> {
    for (const i of rows()) if (Math.abs(ratio(i) - 1) > ROUNDING) yield i;
  };
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const i of rows()) {
    least = Math.min(least, ratio(i));
    most = Math.max(most, ratio(i));
  }
  const farthest = largest(off(), (i) => Math.abs(ratio(i) - 1));
  const also = alsoFits.length === 0 ? '' : `; here that is the same as ${alsoFits.join(', and as ')}`;
  const how =
    by === 'size'
      ? `they are ${Number(rejected.scale.toPrecision(6))} times those of ${right}`
      : `they miss ${right} by ${percent(rejected.misfit)} and this by ${percent(accepted.misfit)}`;
  return {
    message: `The logged weights are made with ${alternative.words}: ${how}${also}.`,
    evidence: {
      by,
      misfitOfDeclared: rejected.misfit,
      misfit: accepted.misfit,
      sizeOverDeclared: rejected.scale,
      leastFactor: least,
      largestFactor: most,
      trajectories: accepted.count,
    },
    threshold: ROUNDING,
    spans: rowSpans(summary, farthest.length === 0 ? rows() : farthest),
  };
}

/** Where the objective was fitted and nobody said what was meant, a contradiction to it is no error. */
export function severityOf(severity: Severity, { chosen }: Setting): Severity {
  return severity === 'error' && chosen?.from === 'fit' ? 'warning' : severity;
}

/** The rule of these parts: it finds its own alternative where that is the one that explains the logged weights. */
export function divisorRule({ needs = [], ...said }: DivisorRuleParts): Rule {
  return {
    ...said,
    threshold: DIVISOR_THRESHOLD,
    rate: FALSE_ALARMS,
    needs: ['objective', 'weights', ...needs],
    silent: silentWithoutAggregation,
    watch: (setting) => {
      let scales: LoggedScales;
      return {
        between(summary) {
          scales = loggedScalesOf(summary);
        },
        second: (view) => scales.add(view),
        judge: (summary) => {
          const found = explanationOf(summary, scales, setting);
          if (found?.alternative.code !== said.code) return [];
          return [{ ...divisorEvidence(summary, found), severity: severityOf(said.severity, setting) }];
        },
      };
    },
  };
}
