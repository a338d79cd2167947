// One instance with its heap, its team of threads and the blocks that every call may use.

import { WasmHeap } from './heap.ts';
import { instantiate, type WasmExports } from './instantiate.ts';
import { controlBlock, controlBytes } from './team/control.ts';
import type { HelperTask } from './team/helper.ts';
import { Team } from './team/team.ts';
import { TileChooser } from './tiles.ts';

/** Axes beyond the last two that a strided view may have after merging. */
export const MAXIMUM_OUTER_AXES = 64;

/** How many threads compute, and how a helper is started. Only the host knows what a worker is on its platform. */
export interface Threads {
  /** Helpers besides the thread that calls the kernels. */
  readonly helpers: number;
  /** Starts a worker that calls `serve` with this task. */
  start(task: HelperTask): void;
}

/** What the kernel families need. */
export interface Machine {
  readonly exports: WasmExports;
  readonly heap: WasmHeap;
  readonly team: Team;
  /** Coefficients of exp, log and the activations, and a little scratch memory: one block for each thread. */
  readonly tables: readonly number[];
  /** Scratch memory of matrix products: one block for each thread. */
  readonly scratch: readonly number[];
  /** Which tile computes which product. */
  readonly tiles: TileChooser;
  /** Extents, strides and counters of a strided view's outer axes. */
  readonly axes: number;
}

/** Instantiates the module, sets up its fixed blocks and calls the helpers. */
export function startMachine(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer, threads?: Threads): Machine {
  const { compiled, memory, exports, functions } = instantiate(bytes);
  const heap = new WasmHeap(memory);
  const helpers = threads?.helpers ?? 0;
  const perThread = (bytes: number): number[] =>
    heap.takeFixed(Array.from({ length: helpers + 1 }, () => bytes));
  const tables = perThread(exports.tablesBytes());
  const scratch = perThread(exports.matmulScratchBytes());
  const [axes, control] = heap.takeFixed([12 * MAXIMUM_OUTER_AXES, controlBytes(helpers)]);
  for (const table of tables) exports.writeTables(table);
  const block = helpers === 0 ? undefined : controlBlock(memory.buffer, control!, helpers);
  const team = new Team(exports, functions, block, helpers);
  for (let index = 1; index <= helpers; index++) {
    threads!.start({ compiled, memory, control: control!, helpers, index });
  }
  return { exports, heap, team, tables, scratch, axes: axes!, tiles: new TileChooser() };
}
