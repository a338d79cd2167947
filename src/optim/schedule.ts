// Learning rates as functions of the step, which counts from 0.
import { InputError } from '../base/errors.ts';

/** The learning rate η of a step. */
export type Schedule = (step: number) => number;

/**
 * The same learning rate at every step.
 * @throws InputError unless the rate is a number ≥ 0
 * @example
 * ```ts
 * import { constant } from 'gradsplit/optim';
 * constant(0.1)(1000); // → 0.1
 * ```
 */
export function constant(rate: number): Schedule {
  checkRate('constant', rate);
  return () => rate;
}

/**
 * A learning rate that changes linearly and then stays: η(t) = from + (to − from)·min(1, t/steps).
 * @throws InputError unless the rates are numbers ≥ 0 and steps is an integer ≥ 1
 * @example
 * ```ts
 * import { linear } from 'gradsplit/optim';
 * const schedule = linear(1, 0, 10);
 * [0, 5, 10, 20].map(schedule); // → [1, 0.5, 0, 0]
 * ```
 */
export function linear(from: number, to: number, steps: number): Schedule {
  checkRate('linear', from);
  checkRate('linear', to);
  checkSteps('linear', steps, 1);
  return (step) => from + (to - from) * Math.min(1, step / steps);
}

/** The parts of a schedule with warm-up. */
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
 * A linear warm-up and then half a cosine: η(t) = peak·(t + 1)/(warmup + 1) while t < warmup, so that no step is lost at η = 0; then
 * η(t) = end + (peak − end)·½(1 + cos πs) with s = min(1, (t − warmup)/(steps − warmup)).
 * Source: Loshchilov and Hutter, "SGDR: Stochastic gradient descent with warm restarts", 2017, without restarts.
 * @throws InputError unless 0 ≤ warmup < steps and the rates are ≥ 0
 * @example
 * ```ts
 * import { warmupCosine } from 'gradsplit/optim';
 * const schedule = warmupCosine({ peak: 1, warmup: 1, steps: 5 });
 * [0, 1, 3, 5].map(schedule); // → [0.5, 1, 0.5, 0]
 * ```
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
