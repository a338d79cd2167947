// Learning rates as functions of the step, which counts from 0.
import { InputError } from '../base/errors.ts';

/** The learning rate η of a step. */
export type Schedule = (step: number) => number;

/**
 * η = rate.
 * @throws InputError unless the rate is a number ≥ 0
 */
export function constant(rate: number): Schedule {
  checkRate('constant', rate);
  return () => rate;
}

/**
 * η(t) = from + (to − from)·min(1, t/steps).
 * @throws InputError unless the rates are numbers ≥ 0 and steps is an integer ≥ 1
 */
export function linear(from: number, to: number, steps: number): Schedule {
  checkRate('linear', from);
  checkRate('linear', to);
  checkSteps('linear', steps, 1);
  return (step) => from + (to - from) * Math.min(1, step / steps);
}

/** Parts of a schedule with warm-up. */
export interface WarmupCosineOptions {
  /** η at the end of the warm-up. */
  readonly peak: number;
  /** η from the end on; 0 if left out. */
  readonly end?: number;
  /** Steps of the warm-up; may be 0. */
  readonly warmup: number;
  /** All steps, the warm-up among them. */
  readonly steps: number;
}

/**
 * η(t) = peak·(t + 1)/(warmup + 1) while t < warmup, so that no step is lost at η = 0; then half a cosine,
 * η(t) = end + (peak − end)·½(1 + cos πs) with s = min(1, (t − warmup)/(steps − warmup)).
 * Source: Loshchilov and Hutter, "SGDR: Stochastic gradient descent with warm restarts", 2017, without restarts.
 * @throws InputError unless 0 ≤ warmup < steps and the rates are ≥ 0
 */
export function warmupCosine({ peak, end = 0, warmup, steps }: WarmupCosineOptions): Schedule {
  checkRate('warmupCosine', peak);
  checkRate('warmupCosine', end);
  checkSteps('warmupCosine', warmup, 0);
  checkSteps('warmupCosine', steps, warmup + 1);
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / (warmup + 1);
    const done = Math.min(1, (step - warmup) / (steps - warmup));
    return end + ((peak - end) * (1 + Math.cos(Math.PI * done))) / 2;
  };
}

function checkRate(name: string, rate: number): void {
  if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) {
    throw new InputError(`${name}: a learning rate must be a number ≥ 0, found ${rate}`);
  }
}

function checkSteps(name: string, steps: number, least: number): void {
  if (!Number.isSafeInteger(steps) || steps < least) {
    throw new InputError(`${name}: steps must be an integer ≥ ${least}, found ${steps}`);
  }
}
