// The cotangents of all labels at one node, and who frees them. A flow owns its tensors: no scope does.
import { greatestCommonDivisor } from '../../base/integers.ts';
import { registry } from '../../ops/registry.ts';
import { enlist, inFrame, isHeld, unlist } from '../../tensor/frame.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';
import type { LabelRows } from './labelRows.ts';
import { type Support, union } from './support.ts';
import { cotangentOf } from './takeRows.ts';

/** One cotangent for all labels: that of label l is diag(s_l)·cotangent, with the rows and factors s_l of `rows`. */
export interface Shared {
  readonly cotangent: Tensor;
  readonly rows: LabelRows;
}

/**
 * What flows through a node: one cotangent for all labels, or one per label; undefined where nothing does. Never both, so
 * that a label's terms are added in the order in which they come, as if it were alone.
 */
export interface Flow {
  shared: Shared | undefined;
  /** One per label. */
  readonly apart: (Tensor | undefined)[];
  /** Where those may differ from zero; undefined: anywhere. */
  readonly supports: (Support | undefined)[];
}

/** Nothing yet, for so many labels. */
export function emptyFlow(labels: number): Flow {
  const none = new Array<undefined>(labels).fill(undefined);
  return { shared: undefined, apart: [...none], supports: [...none] };
}

/** The part of a flow whose cotangents fulfil a condition. It owns nothing. */
export function partOf({ shared, apart, supports }: Flow, condition: (cotangent: Tensor) => boolean): Flow {
  const kept = (cotangent: Tensor | undefined): boolean => cotangent !== undefined && condition(cotangent);
  return {
    shared: kept(shared?.cotangent) ? shared : undefined,
    apart: apart.map((cotangent) => (kept(cotangent) ? cotangent : undefined)),
    supports,
  };
}

/** Whether anything flows. */
export function isEmpty({ shared, apart }: Flow): boolean {
  return shared === undefined && apart.every((cotangent) => cotangent === undefined);
}

/**
 * Adds a term, made in the innermost frame, to the cotangent of a label; what was shared is so no longer.
 * @param support where the term may differ from zero; anywhere if left out
 */
export function addApart(flow: Flow, label: number, term: Tensor | undefined, support?: Support): void {
  if (term === undefined) return;
  separate(flow);
  flow.supports[label] = flow.apart[label] === undefined ? support : union(flow.supports[label], support);
  flow.apart[label] = accumulated(flow.apart[label], term);
}

/** Adds a term, made in the innermost frame, for all labels: to what they share, if the rows go together. */
export function addShared(flow: Flow, term: Shared): void {
  const rows = commonRows(flow, term);
  if (rows === undefined) {
    for (let label = 0; label < flow.apart.length; label++) {
      addApart(flow, label, cotangentOf(term, label), term.rows.supportOf(label));
    }
  } else {
    flow.shared = { cotangent: accumulated(flow.shared?.cotangent, term.cotangent), rows };
  }
}

/** Rows as which both can be seen; undefined if there are none. */
function commonRows(flow: Flow, { rows }: Shared): LabelRows | undefined {
  if (isEmpty(flow)) return rows;
  if (flow.shared === undefined) return undefined;
  const count = greatestCommonDivisor(rows.count, flow.shared.rows.count);
  const common = rows.coarsened(count);
  // The rows of one sweep have one origin: equal counts are equal rows.
  return common === flow.shared.rows.coarsened(count) ? common : undefined;
}

/** Gives every label its own part of what is shared: from here on each goes its own way. */
export function separate(flow: Flow): void {
  const { shared } = flow;
  if (shared === undefined) return;
  flow.shared = undefined;
  try {
    inFrame(() => {
      for (let label = 0; label < flow.apart.length; label++) {
        addApart(flow, label, cotangentOf(shared, label), shared.rows.supportOf(label));
      }
    });
  } finally {
    drop(shared.cotangent);
  }
}

/** Puts a replacement in the place of a label's cotangent. */
export function replace(flow: Flow, label: number, after: Tensor): void {
  const before = flow.apart[label]!;
  if (after === before) return;
  flow.apart[label] = owned(after);
  flow.supports[label] = undefined;
  drop(before);
}

/** Frees a flow; what an outer graph needs goes to the scope around instead. */
export function release({ shared, apart }: Flow): void {
  if (shared !== undefined) drop(shared.cotangent);
  for (const cotangent of apart) if (cotangent !== undefined) drop(cotangent);
}

/** Leaves the tensors of a flow to the scope around. */
export function handOver({ shared, apart }: Flow): void {
  if (shared !== undefined) enlist(shared.cotangent);
  for (const cotangent of apart) if (cotangent !== undefined) enlist(cotangent);
}

/** Another tensor on the same memory with the same place in the graph, which its caller owns. */
function alias(tensor: Tensor): Tensor {
  const other = tensor.share(tensor.shape, tensor.origin);
  other.node = tensor.node;
  unlist(other);
  return other;
}

function accumulated(before: Tensor | undefined, term: Tensor): Tensor {
  if (before === undefined) return owned(term);
  const total = owned(apply(registry.add, [before, term], {}));
  drop(before);
  return total;
}

/** A rule may hand a tensor through that is not its own: then the flow takes another on the same memory. */
function owned(tensor: Tensor): Tensor {
  return unlist(tensor) ? tensor : alias(tensor);
}

function drop(cotangent: Tensor): void {
  if (isHeld(cotangent)) enlist(cotangent);
  else cotangent.dispose();
}
