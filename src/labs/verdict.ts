// What a lab's seeds come to: each check and each control with its interval, and the verdict.
import type { Options } from '../base/options.ts';
import { confidence95, mean } from '../base/student.ts';
import type { Expected, Lab, LabCheck, LabControl, LabSeed } from './lab.ts';

/** Where a number lies: for certain within what is expected, for certain outside, or neither. */
export type Standing = 'within' | 'outside' | 'undecided';

/** A check with what was measured. */
export interface CheckOutcome {
  readonly check: LabCheck;
  readonly expected: Expected;
  /** Mean over seeds. */
  readonly measured: number;
  /** 95 % interval of the mean; lowest and highest seed where every seed must hold. */
  readonly interval: readonly [number, number];
  readonly standing: Standing;
}

/** A control with what was measured; it is rejected where it stands outside. */
export interface ControlOutcome extends CheckOutcome {
  readonly check: LabControl;
}

/** All of a lab over its seeds. */
export interface LabOutcome {
  readonly checks: readonly CheckOutcome[];
  readonly controls: readonly ControlOutcome[];
  /** Findings in rollouts of any seed that the lab does not name. */
  readonly surprises: readonly string[];
  /** Findings that it names and that were not there at some seed. */
  readonly missing: readonly string[];
  readonly verdict: 'shown' | 'notShown' | 'undecided';
}

/** Where an interval lies. NaN is outside. */
export function standing(
  [low, high]: readonly [number, number],
  { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Expected,
): Standing {
  if (Number.isNaN(low) || Number.isNaN(high)) return 'outside';
  if (low >= atLeast && high <= atMost) return 'within';
  return high < atLeast || low > atMost ? 'outside' : 'undecided';
}

/** Lowest and highest; NaN if one is NaN or there is none. */
function range(values: readonly number[]): [number, number] {
  return values.length === 0 ? [Number.NaN, Number.NaN] : [Math.min(...values), Math.max(...values)];
}

/** @param unmeasured how a check stands of which some seed, or every one, has no number */
function outcomeOf<C extends LabCheck>(
  check: C,
  options: Options,
  seeds: readonly LabSeed[],
  unmeasured: Standing,
): CheckOutcome & { readonly check: C } {
  const values = seeds.map(({ measured }) => measured[check.of] ?? Number.NaN);
  const interval = check.over === 'every' ? range(values) : confidence95(values);
  const expected = check.expects(options);
  const stands = (): Standing => {
    if (interval.some(Number.isNaN)) return unmeasured;
    // With one seed there is no interval: a mean is what it is, and nothing is certain about it.
    return check.over === 'mean' && seeds.length === 1 ? 'undecided' : standing(interval, expected);
  };
  return { check, expected, measured: mean(values), interval, standing: stands() };
}

/**
 * The verdict: `shown` if every check is within, every control outside, and the audit finds what the lab names and nothing else;
 * `notShown` if a check is outside, or a control within, or the audit says otherwise; else `undecided`. A check without a number is outside;
 * a control without one rejects nothing, so that it is undecided.
 */
export function outcomeOverSeeds(lab: Lab, options: Options, seeds: readonly LabSeed[]): LabOutcome {
  const checks = lab.checks.map((check) => outcomeOf(check, options, seeds, 'outside'));
  const controls = lab.controls.map((control) => outcomeOf(control, options, seeds, 'undecided'));
  const found = new Set(seeds.flatMap(({ audit }) => audit));
  const surprises = [...found].filter((code) => !lab.findings.includes(code));
  const missing = lab.findings.filter((code) => !seeds.every(({ audit }) => audit.includes(code)));
  const fails =
    checks.some((one) => one.standing === 'outside') ||
    controls.some((one) => one.standing === 'within') ||
    surprises.length + missing.length > 0;
  const holds =
    checks.every((one) => one.standing === 'within') && controls.every((one) => one.standing === 'outside');
  return {
    checks,
    controls,
    surprises,
    missing,
    verdict: fails ? 'notShown' : holds ? 'shown' : 'undecided',
  };
}

/** A column over seeds: its mean, and the 95 % interval at each place. */
export interface SeriesBand {
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Every column of a lab over its seeds, by name. Columns that differ in length are cut to the shortest. */
export function seriesOverSeeds(seeds: readonly LabSeed[]): Record<string, SeriesBand> {
  const bandOf = (name: string): SeriesBand => {
    const columns = seeds.map(({ series }) => series[name] ?? []);
    const length = Math.min(...columns.map((column) => column.length));
    const at = Array.from({ length }, (_, i) => columns.map((column) => column[i]!));
    const intervals = at.map(confidence95);
    return {
      mean: at.map(mean),
      low: intervals.map(([low]) => low),
      high: intervals.map(([, high]) => high),
    };
  };
  return Object.fromEntries(Object.keys(seeds[0]?.series ?? {}).map((name) => [name, bandOf(name)]));
}
