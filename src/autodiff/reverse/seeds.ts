// Where a sweep may begin with one cotangent for all labels.
import { registry } from '../../ops/registry.ts';
import { ones, type Tensor } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';
import { isRecorded, type Node } from '../trace/node.ts';
import type { Shared } from './flow.ts';
import { rowsOfSeeds } from './labelRows.ts';

/**
 * The seeds of several labels as one cotangent with rows: their sum, if no two labels have an element in common, or else
 * ones. undefined where there is nothing to share, where what the sweep makes will be differentiated again, or inside vmap,
 * where no example has values of its own to read.
 */
export function sharedSeeds({ output }: Node, seeds: readonly Tensor[]): Shared | undefined {
  if (seeds.length < 2 || output.size < 2 || isRecorded(output) || seeds.some(isRecorded)) return undefined;
  if ([output, ...seeds].some(({ lanes }) => lanes !== undefined)) return undefined;
  const rows = rowsOfSeeds(seeds.map((seed) => seed.readSync()));
  const cotangent = rows.areDisjoint
    ? seeds.reduce((total, seed) => apply(registry.add, [total, seed], {}))
    : ones(output.shape, output.dtype);
  return { cotangent, rows };
}
