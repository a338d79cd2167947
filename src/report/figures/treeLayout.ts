// Where the nodes of a small tree go: depth from left to right, leaves in order from top to bottom, parents midway.

/** A node's place: depth (0 at the root) and row (leaves have whole numbers). */
export interface Place {
  readonly depth: number;
  readonly row: number;
}

/** Places of the nodes given their parents, and the number of rows. Parents precede children; node 0 is the root. */
export function layoutTree(parents: readonly (number | null)[]): { places: Place[]; rows: number } {
  const children: number[][] = parents.map(() => []);
  const depth = parents.map(() => 0);
  parents.forEach((parent, i) => {
    if (parent === null) return;
    children[parent]!.push(i);
    depth[i] = depth[parent]! + 1;
  });

  const row = parents.map(() => 0);
  let rows = 0;
  // Leaves in depth-first order; a stack, since recursion would bind the depth of a tree to that of the call stack.
  const stack = parents.flatMap((parent, i) => (parent === null ? [i] : [])).reverse();
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (children[node]!.length === 0) row[node] = rows++;
    stack.push(...children[node]!.toReversed());
  }
  // Children come after their parents, so from the end every node finds its children placed.
  for (let i = parents.length - 1; i >= 0; i--) {
    const below = children[i]!;
    if (below.length > 0) row[i] = (row[below[0]!]! + row[below.at(-1)!]!) / 2;
  }
  return { places: parents.map((_, i) => ({ depth: depth[i]!, row: row[i]! })), rows };
}
