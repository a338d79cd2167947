// The block of shared memory through which a team's leader and its helpers speak. Words of 32 bits:
//   0                        helpers that have not finished the current call
//   SLOT·h …                 the slot of helper h = 1, 2, …: what it is to do, and how it is
//   SLOT·h + ARGUMENTS …     its arguments, as doubles
// A helper runs when its CALLS word moves. All accesses that order others go through Atomics.

/** Words of a slot. */
export const SLOT = 64;
/** Helpers at work. */
export const PENDING = 0;
/** Counts the calls a helper was given. */
export const CALLS = 0;
/** READY, ASLEEP or FAILED. */
export const STATE = 1;
/** Position of the export to run in the list of exports. */
export const EXPORT = 2;
export const ARGUMENT_COUNT = 3;
/** What the export returned; 0 if nothing. */
export const RESULT = 4;
/** First word of the arguments; even, so that doubles are aligned. */
export const ARGUMENTS = 8;

/** States of a helper; 0 while it is starting. */
export const READY = 1;
export const ASLEEP = 2;
export const FAILED = 3;

/** Bytes of the block of a team with this many helpers. */
export function controlBytes(helpers: number): number {
  return 4 * SLOT * (helpers + 1);
}

/** The block seen as words and as doubles. Growth of the memory makes a longer buffer, but this one stays valid. */
export interface ControlBlock {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

/** @param address a multiple of 8 */
export function controlBlock(buffer: SharedArrayBuffer, address: number, helpers: number): ControlBlock {
  const bytes = controlBytes(helpers);
  return {
    words: new Int32Array(buffer, address, bytes / 4),
    doubles: new Float64Array(buffer, address, bytes / 8),
  };
}

/** A function of the module. */
export type WasmFunction = (...values: number[]) => number | undefined;

/** Functions of a module in the order that every instance of it has. */
export function functionsOf(exports: object): WasmFunction[] {
  return Object.values(exports).filter((value) => typeof value === 'function');
}
