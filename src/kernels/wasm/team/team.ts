// The leader of a team of threads on one memory. A call is cut over the outputs, never over a reduction, so that every number
// is computed by one thread in the order in which one thread alone would: the results are the same to the bit.
import type { FloatType } from '../../operands.ts';
import type { TypedExports } from '../exports.ts';
import type { WasmExports } from '../instantiate.ts';
import {
  ARGUMENT_COUNT,
  ARGUMENTS,
  ASLEEP,
  CALLS,
  type ControlBlock,
  EXPORT,
  FAILED,
  PENDING,
  RESULT,
  SLOT,
  STATE,
  type WasmFunction,
} from './control.ts';

/** An export to call: here and now, or later on another thread. */
type Call<Name extends keyof TypedExports> = (...values: Parameters<TypedExports[Name]>) => unknown;

/**
 * Calls the export for a part: units from … to − 1, on a thread (0 is the leader) with memory of its own. The arguments stand in
 * the call, not in a list: spreading one takes longer than a product of 8×8 matrices.
 */
export type Part<Name extends keyof TypedExports> = (
  call: Call<Name>,
  from: number,
  to: number,
  thread: number,
) => unknown;

/** How a call may be cut. */
export interface Cut {
  /** Rows, heads, elements: what is shared out. */
  readonly units: number;
  /** Multiply-adds of all of it, or as much time. */
  readonly work: number;
  /** Parts begin at multiples of this. */
  readonly grain: number;
}

/** A part of less work is not worth the message: about ten microseconds. */
const LEAST_WORK = 2 ** 18;
/** Looks at the helpers so often before it sleeps itself. */
const PATIENCE = 100_000;

/** Runs exports of the module on one or several threads. */
export class Team {
  readonly #exports: WasmExports;
  readonly #functions: readonly WasmFunction[];
  readonly #control: ControlBlock | undefined;
  readonly #helpers: number;

  /**
   * @param functions those of `exports`, in the order that every instance has
   * @param control undefined for one thread
   */
  constructor(
    exports: WasmExports,
    functions: readonly WasmFunction[],
    control: ControlBlock | undefined,
    helpers: number,
  ) {
    this.#exports = exports;
    this.#functions = functions;
    this.#control = control;
    this.#helpers = control === undefined ? 0 : helpers;
  }

  /** Threads that compute now: helpers join as soon as they have started. */
  get threads(): number {
    let ready = 1;
    while (ready <= this.#helpers && this.#state(ready) !== 0) ready++;
    return ready;
  }

  /**
   * Runs the export for a type over all units, in as many parts as there are threads and the work is worth.
   * @returns what each part returned, in order
   * @throws Error if the export traps on another thread
   */
  run<Name extends keyof TypedExports>(
    type: FloatType,
    name: Name,
    { units, work, grain }: Cut,
    part: Part<Name>,
  ): number[] {
    const call = this.#exports[type][name] as Call<Name>;
    const most = this.#helpers === 0 ? 1 : Math.min(Math.floor(work / LEAST_WORK), Math.ceil(units / grain));
    const parts = most > 1 ? Math.min(most, this.threads) : 1;
    if (parts === 1) return [part(call, 0, units, 0) as number];
    const words = this.#control!.words;
    const size = Math.ceil(units / parts / grain) * grain;
    const position = this.#functions.indexOf(call as WasmFunction);
    let given = 0;
    for (let from = size; from < units; from += size) {
      given++;
      const helper = given;
      part((...values) => this.#fill(helper, position, values), from, Math.min(units, from + size), helper);
    }
    Atomics.store(words, PENDING, given);
    for (let h = 1; h <= given; h++) {
      Atomics.add(words, SLOT * h + CALLS, 1);
      if (this.#state(h) === ASLEEP) Atomics.notify(words, SLOT * h + CALLS);
    }
    const results = [part(call, 0, Math.min(units, size), 0) as number];
    this.#awaitHelpers();
    for (let h = 1; h <= given; h++) {
      if (this.#state(h) === FAILED) throw new Error(`wasm kernels: ${name} failed on thread ${h}`);
      results.push(words[SLOT * h + RESULT]!);
    }
    return results;
  }

  #state(helper: number): number {
    return Atomics.load(this.#control!.words, SLOT * helper + STATE);
  }

  /** Writes a helper's slot; the later CALLS word publishes it. */
  #fill(helper: number, position: number, values: readonly number[]): void {
    const { words, doubles } = this.#control!;
    const slot = SLOT * helper;
    words[slot + EXPORT] = position;
    words[slot + ARGUMENT_COUNT] = values.length;
    for (let i = 0; i < values.length; i++) doubles[(slot + ARGUMENTS) / 2 + i] = values[i]!;
  }

  #awaitHelpers(): void {
    const { words } = this.#control!;
    for (let i = 0; i < PATIENCE; i++) if (Atomics.load(words, PENDING) === 0) return;
    const sleeps = maySleep(words);
    for (let left = Atomics.load(words, PENDING); left !== 0; left = Atomics.load(words, PENDING)) {
      if (sleeps) Atomics.wait(words, PENDING, left);
    }
  }
}

/** Not every thread may sleep: a browser's first one may not. */
function maySleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, PENDING, -1);
    return true;
  } catch {
    return false;
  }
}
