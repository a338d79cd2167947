// Which trajectories are in each group and in each batch.
import { IntegerColumn } from './columns/column.ts';
import { type Lists, listsBy } from './columns/lists.ts';
import { once } from './once.ts';
import type { Summary } from './summary.ts';

/** The trajectories of each group, as indices into the summary, ascending; those without a group are in no list. */
export const groupsOf: (summary: Summary) => Lists = once(({ group }) => listsBy(group));

/** The trajectories of each batch, in the same way. */
export const batchesOf: (summary: Summary) => Lists = once(({ batch }) => listsBy(batch));

/** Lists of trajectories by batch: for each batch that has any, in the order in which its first list comes, the places of its lists. */
export function* inOrderOfBatches({ batch, memory }: Summary, lists: Lists): Generator<number[]> {
  const of = new IntegerColumn(memory);
  for (const [first] of lists) of.push(batch.at(first!));
  const byBatch = listsBy(of);
  const isSeen = new Uint8Array(byBatch.length);
  for (const b of of) {
    if (isSeen[b] === 1) continue;
    isSeen[b] = 1;
    yield byBatch.at(b);
  }
}
