// All combinations of answers to the comparisons that a formula leaves open, one run for each.
import { FormulaError } from './formulaError.ts';

/** The largest number of cases of one formula. */
const MAX_CASES = 4096;

/** A formula that compares so often that its cases are not counted off. */
export class CasesError extends FormulaError {
  override readonly name = 'CasesError';
}

/** The cases of one formula. */
export class Cases {
  private script: boolean[] = [];
  private asked = 0;

  /** The answer to the next open comparison in the case that is run. */
  ask(): boolean {
    if (this.asked === this.script.length) this.script.push(true);
    return this.script[this.asked++]!;
  }

  /**
   * Runs a formula once for every combination of answers, until `see` returns true.
   * @throws CasesError if there are more than MAX_CASES
   */
  run<R>(formula: () => R, see: (result: R) => boolean): void {
    this.script = [];
    for (let count = 1; ; count++) {
      this.asked = 0;
      if (see(formula())) return;
      while (this.script.at(-1) === false) this.script.pop();
      if (this.script.length === 0) return;
      if (count === MAX_CASES) throw new CasesError(`more than ${MAX_CASES} cases of its comparisons`);
      this.script[this.script.length - 1] = false;
    }
  }
}
