// From the flow at a node to the flows of its inputs by the op's vjp rule: once for all labels where rows stay apart.

import { greatestCommonDivisor } from '../../base/integers.ts';
import { inFrame } from '../../tensor/frame.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Node } from '../trace/node.ts';
import type { Primal, RowPassage, Rule } from '../trace/op.ts';
import { addApart, addShared, type Flow, type Shared } from './flow.ts';
import type { LabelRows } from './labelRows.ts';
import { type Apart, passApart } from './passApart.ts';
import { cotangentOf, restricted, takeRows } from './takeRows.ts';

/** What an op says of the rows of an input, and the labels' rows when seen as it sees them. */
type Passage = RowPassage & { readonly rows: LabelRows };

/** An input over whose rows is summed. */
interface Sum {
  readonly i: number;
  readonly carriers: readonly number[];
  readonly to: Flow;
}

/** undefined where rows mix, or where those that stay apart are too long to belong to one label each. */
function passageOf(node: Node, i: number, rows: LabelRows): Passage | undefined {
  const declared = node.op.rows?.(node, i);
  if (declared === undefined || declared.units === 0) return undefined;
  const seen = rows.coarsened(greatestCommonDivisor(rows.count, declared.units));
  return seen === undefined ? undefined : { ...declared, rows: seen };
}

/**
 * Adds Jᵀ·cotangent, for every label, to the flow of every input; everything else made here is freed.
 * @param into the flow of each input; undefined where none is wanted
 */
export function passByRule(
  rule: Rule<unknown>,
  node: Node,
  flow: Flow,
  into: readonly (Flow | undefined)[],
): void {
  const { shared, apart } = flow;
  if (shared === undefined) {
    passApart(rule, node, flow, into);
    return;
  }
  inFrame(() => {
    const passages = into.map((to, i) => to && passageOf(node, i, shared.rows));
    const mixed = into.map((to, i) => (passages[i] === undefined ? to : undefined));
    if (mixed.some((to) => to !== undefined)) passApart(rule, node, taken(shared, apart.length), mixed);
    const sums: (Sum & Passage)[] = [];
    for (const [i, to] of into.entries()) {
      if (to === undefined) continue;
      const passage = passages[i];
      if (passage === undefined) continue;
      if (passage.kind === 'local') passRows(rule, node, { ...shared, rows: passage.rows }, i, to);
      else sums.push({ ...passage, i, to });
    }
    if (sums[0] !== undefined) sumRows(rule, node, shared.cotangent, sums[0], sums);
  });
}

/** Every label's own part of what is shared. */
function taken(shared: Shared, labels: number): Apart {
  const all = Array.from({ length: labels }, (_, label) => label);
  return {
    apart: all.map((label) => cotangentOf(shared, label)),
    supports: all.map((label) => shared.rows.supportOf(label)),
  };
}

/** Jᵀ·diag(s)·U = diag(s)·(Jᵀ·U): the rule runs once. */
function passRows(rule: Rule<unknown>, node: Node, { cotangent, rows }: Shared, i: number, to: Flow): void {
  inFrame(() => {
    const term = rule(node, cotangent, i);
    if (term !== undefined) addShared(to, { cotangent: term, rows });
  });
}

/** Σ over the rows of a label: all labels together add up no more rows than one product, if no row belongs to two. */
function sumRows(
  rule: Rule<unknown>,
  node: Node,
  cotangent: Tensor,
  { units, rows: { count, labels } }: Passage,
  sums: readonly Sum[],
): void {
  const carriers = sums.flatMap((sum) => sum.carriers);
  // Labels of equal rows share what is taken of the operands.
  const primals = new Map<Int32Array, Primal<unknown>>();
  for (const [label, own] of labels.entries()) {
    const { rows } = own;
    if (rows.length === 0) continue;
    const primal = primals.get(rows) ?? restricted(node, carriers, units, count, rows);
    primals.set(rows, primal);
    inFrame(() => {
      const taken = takeRows(cotangent, units, count, own);
      for (const { i, to } of sums) inFrame(() => addApart(to, label, rule(primal, taken, i)));
    });
  }
}
