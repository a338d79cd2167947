// Whether a few tokens differ hugely between trainer and sampler amid others that agree.
import { FALSE_ALARM, poissonLimit } from './falseAlarms.ts';
import { LogHistogram } from './logHistogram.ts';

/** A difference as of probabilities with a factor of 20. */
export const HUGE = Math.log(20);
/** More than this share is not isolated: then something else is wrong. */
const ISOLATED = 0.02;
/** The quantile of Student's t with 3 degrees of freedom at 0.975, and the factor of its two-sided tail: P(|t| > x) ≈ 4√3/π·x⁻³. */
const STUDENT3 = 3.182446;
const TAIL3 = (4 * Math.sqrt(3)) / Math.PI;

/** The tokens that stand out. */
export interface Outstanding {
  readonly tokens: number;
  /** How many are expected to, and how many must at least. */
  readonly expected: number;
  readonly limit: number;
  readonly largest: number;
}

/** Counts differences by size. */
export class Isolated {
  private readonly sizes = new LogHistogram();
  private huge = 0;
  private largest = 0;

  /** Adds a token. */
  add(size: number): void {
    this.sizes.add(size);
    if (size > HUGE) this.huge++;
    this.largest = Math.max(this.largest, size);
  }

  /**
   * The tokens that stand out, if there are more than chance explains. Null: sizes have the tail of Student's t with 3 degrees of
   * freedom, with the scale that 95 % of them show, so that the number above log 20 is Poisson.
   */
  outstanding(): Outstanding | undefined {
    const { huge, largest, sizes } = this;
    if (huge === 0 || huge > ISOLATED * sizes.count) return undefined;
    const scale = sizes.quantile(0.95) / STUDENT3;
    const expected = sizes.count * Math.min(1, TAIL3 * (scale / HUGE) ** 3);
    const limit = poissonLimit(expected, FALSE_ALARM);
    return huge < limit ? undefined : { tokens: huge, expected, limit, largest };
  }
}
