// Modes that answer at once and WebGPU, which answers later, on one path: work is a generator that yields whatever gpu.js gives it,
// a value or a promise, and goes on with the value.
import type { OpenableMode } from './modes.ts';

/** Work in steps, each of which ends with an answer of gpu.js. */
export type Steps<T> = Generator<unknown, T, unknown>;

/** What a mode gives: a value, or the promise of one. */
export type Answer<T, Mode extends OpenableMode> = Mode extends 'webgpu' ? Promise<T> : T;

/** Goes through all steps in a mode. */
export type Settle<Mode extends OpenableMode> = <T>(steps: Steps<T>) => Answer<T, Mode>;

/** Goes through all steps where answers are values. */
export function atOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value);
  return step.value;
}

/** Goes through all steps where answers are promises, and never blocks the event loop. */
export async function later<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next();
  while (!step.done) {
    step = await Promise.resolve(step.value).then(
      (value) => steps.next(value),
      (error) => steps.throw(error),
    );
  }
  return step.value;
}
