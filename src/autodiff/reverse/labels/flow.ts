// What flows through a node when there are several labels: one cotangent for all of them, as long as their rows stay apart, and
// from there on one for each. The flow owns its cotangents.
import { inFrame } from '../../../tensor/frame.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { accumulate, handOver, own, release } from '../cotangents.ts';
import type { LabelRows } from './labelRows.ts';
import { EVERYWHERE, type RowSet } from './rowSet.ts';
import { partOf } from './takeRows.ts';

/** One cotangent U for all labels: that of label l is diag(s_l)·U, with the rows and factors s_l of `labelRows`. */
export interface Shared {
  readonly cotangent: Tensor;
  readonly labelRows: LabelRows;
}

/** The cotangent of one label, and the rows outside which it is zero. */
export interface Apart {
  readonly cotangent: Tensor;
  readonly rows: RowSet;
}

/**
 * The cotangents at a node: shared, or one per label, undefined where nothing flows. Never both, so that a label's terms are
 * added in the order in which they come, as if it were alone.
 */
export interface Flow {
  shared: Shared | undefined;
  readonly apart: (Apart | undefined)[];
}

/** Nothing yet, for so many labels. */
export function emptyFlow(labels: number): Flow {
  return { shared: undefined, apart: new Array<undefined>(labels).fill(undefined) };
}

/** Whether anything flows. */
export function isEmpty({ shared, apart }: Flow): boolean {
  return shared === undefined && apart.every((one) => one === undefined);
}

/** Adds a term, made in the innermost frame, to the cotangent of a label; anything shared is first separated by label. */
export function addApart(flow: Flow, label: number, { cotangent, rows }: Apart): void {
  separate(flow);
  const before = flow.apart[label];
  flow.apart[label] = {
    cotangent: accumulate(before?.cotangent, cotangent),
    rows: before === undefined ? rows : before.rows.union(rows),
  };
}

/** Adds a term, made in the innermost frame, for all labels: to what they share, if the rows go together. */
export function addShared(flow: Flow, term: Shared): void {
  const labelRows = commonRows(flow, term);
  if (labelRows === undefined) addParts(flow, term);
  else flow.shared = { cotangent: accumulate(flow.shared?.cotangent, term.cotangent), labelRows };
}

/** Adds all of a flow to another. */
export function addFlow(to: Flow, { shared, apart }: Flow): void {
  if (shared !== undefined) addShared(to, shared);
  for (const [label, one] of apart.entries()) if (one !== undefined) addApart(to, label, one);
}

/** Rows as which both can be seen; undefined if there are none. All rows of one sweep are made of those of its seeds. */
function commonRows({ shared, apart }: Flow, { labelRows }: Shared): LabelRows | undefined {
  if (shared !== undefined) return labelRows.seenAs(shared.labelRows.count);
  return apart.every((one) => one === undefined) ? labelRows : undefined;
}

/** Every label's own part of what is shared. */
export function partsOf({ cotangent, labelRows }: Shared): (Apart | undefined)[] {
  return labelRows.labels.map((share) => {
    const part = partOf(cotangent, share);
    return part && { cotangent: part, rows: share.rows };
  });
}

function addParts(flow: Flow, shared: Shared): void {
  for (const [label, part] of partsOf(shared).entries()) if (part !== undefined) addApart(flow, label, part);
}

/** Gives every label its own part of what is shared: from here on each goes its own way. */
export function separate(flow: Flow): void {
  const { shared } = flow;
  if (shared === undefined) return;
  flow.shared = undefined;
  try {
    inFrame(() => addParts(flow, shared));
  } finally {
    release(shared.cotangent);
  }
}

/** Puts another cotangent, of which no rows are known, in the place of a label's. */
export function replace(flow: Flow, label: number, after: Tensor): void {
  const before = flow.apart[label]!.cotangent;
  if (after === before) return;
  flow.apart[label] = { cotangent: own(after), rows: EVERYWHERE };
  release(before);
}

/** Frees a flow; what an outer graph needs goes to the scope around instead. */
export function releaseFlow(flow: Flow): void {
  for (const cotangent of cotangentsOf(flow)) release(cotangent);
}

/** Leaves the cotangents of a flow to the scope around. */
export function handOverFlow(flow: Flow): void {
  for (const cotangent of cotangentsOf(flow)) handOver(cotangent);
}

function cotangentsOf({ shared, apart }: Flow): Tensor[] {
  return [shared, ...apart].flatMap((one) => (one === undefined ? [] : [one.cotangent]));
}
