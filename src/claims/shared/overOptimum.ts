// The KL-regularised optimum over any field, in its multiplicative form: e^{R/β} of every trajectory is a number of the field.
import { atEdges } from '../../attribution/over/quantities.ts';
import type { PolicyOver } from '../../attribution/policyOver.ts';
import { backward } from '../../attribution/recursions.ts';

/** Z(h) = Σ_a π_ref(a|h)·Z(h′) with Z = e^{R/β} at the end of an episode [nodes], and Z(h′) of every edge [edges]. */
export function partition<A>(
  { field, graph, refProb }: PolicyOver<A>,
  leaf: A,
): { readonly at: A; readonly after: A } {
  const { v, q } = backward(field, graph, refProb, leaf);
  return { at: v, after: q };
}

/** π*(a|h) = π_ref(a|h)·Z(h′)/Z(h) of every edge [edges]. */
export function optimum<A>(policy: PolicyOver<A>, leaf: A): A {
  const { field, refProb } = policy;
  const { at, after } = partition(policy, leaf);
  return field.div(field.mul(refProb, after), atEdges(policy, at));
}

/** What the node has that an edge leads to, or the leaf where the episode ends [edges]. */
export function ahead<A>({ field, graph }: PolicyOver<A>, perNode: A, perLeaf: A): A {
  return field.concat(
    graph.layers.map(({ nodeStart, nodes, leafStart, terminal, successor }, i) => {
      const from = nodeStart + nodes;
      const next = field.slice(perNode, from, from + (graph.layers[i + 1]?.nodes ?? 0));
      const ends = field.slice(perLeaf, leafStart, leafStart + terminal.length);
      return field.gather(field.concat([next, ends]), successor);
    }),
  );
}
