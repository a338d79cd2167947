// Which of several fits comes first: the smaller misfit, and where rounding cannot tell, the more usual one.
import { ROUNDING } from '../alternatives.ts';
import type { ChosenObjective } from '../setting.ts';

/** What a fit is ranked by. */
interface Ranked {
  readonly misfit: number;
  /** How many of its options are not the usual ones. */
  readonly unusual: number;
}

/** An objective under a name such as `grpo@verl`. */
type Named = Pick<ChosenObjective, 'objective' | 'options'> & { readonly name: string };

/** Whether two misfits are the same within rounding. */
export function isTie(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING;
}

/** The better fits first; among those that are the same within rounding, the ones that take fewer unusual options. */
export function ranked<T extends Ranked>(fits: readonly T[]): T[] {
  const sorted = fits.toSorted((a, b) => a.misfit - b.misfit);
  const ties: T[][] = [];
  for (const fit of sorted) {
    const last = ties.at(-1);
    if (last !== undefined && isTie(last[0]!.misfit, fit.misfit)) last.push(fit);
    else ties.push([fit]);
  }
  return ties.flatMap((tie) => tie.toSorted((a, b) => a.unusual - b.unusual));
}

/** The name with the options that are not its defaults. */
export function labelOf({ name, objective, options }: Named): string {
  const defaults = objective.parseOptions({});
  const changed = Object.entries(options).filter(
    ([key, value]) =>
      JSON.stringify(value) !== JSON.stringify(defaults[key]) && !(options.beta === 0 && /^kl/.test(key)),
  );
  const shown = changed.map(
    ([key, value]) => `${key}=${typeof value === 'number' ? Number(value.toPrecision(6)) : value}`,
  );
  return [name, ...shown].join(' ');
}

/** The first of each set of fits that leave the same within rounding; its `equivalentTo` names the others. */
export function toldApart<T extends { readonly misfit: number }>(fits: readonly T[]): T[] {
  const kept: T[] = [];
  for (const fit of fits) {
    if (!kept.some((other) => isTie(other.misfit, fit.misfit))) kept.push(fit);
  }
  return kept;
}
