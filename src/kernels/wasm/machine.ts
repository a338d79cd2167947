// One instance with its heap and the blocks every call may use.

import type { WasmExports } from './exports.ts';
import { WasmHeap } from './heap.ts';
import { instantiate } from './instantiate.ts';
import { TileChooser } from './tiles.ts';

/** Axes beyond the last two that a strided view may have after merging. */
export const MAXIMUM_OUTER_AXES = 64;

/** What the kernel families need. */
export interface Machine {
  readonly exports: WasmExports;
  readonly heap: WasmHeap;
  /** Coefficients of exp, log and the activations. */
  readonly tables: number;
  /** Scratch memory of matrix products. */
  readonly scratch: number;
  /** Which tile computes which product. */
  readonly tiles: TileChooser;
  /** Extents, strides and counters of a strided view's outer axes. */
  readonly axes: number;
}

/** Instantiates the module and sets up its fixed blocks. */
export function startMachine(bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): Machine {
  const { memory, exports } = instantiate(bytes);
  const heap = new WasmHeap(memory);
  const [tables, scratch, axes] = heap.takeFixed([
    exports.tablesBytes(),
    exports.matmulScratchBytes(),
    12 * MAXIMUM_OUTER_AXES,
  ]);
  exports.writeTables(tables!);
  return { exports, heap, tables: tables!, scratch: scratch!, axes: axes!, tiles: new TileChooser() };
}
