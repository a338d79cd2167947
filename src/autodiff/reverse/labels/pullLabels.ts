// From the flow at a node to the flows of its inputs, by the op's vjp rule: once for all labels where their rows stay apart, over
// the rows of a label where these are added up, and over those rows alone where a label that went its few input has few.
import { inFrame } from '../../../tensor/frame.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import type { Node } from '../../trace/node.ts';
import type { Primal, RowPassage, Rule } from '../../trace/op.ts';
import { type Apart, addApart, addShared, type Flow, partsOf, type Shared } from './flow.ts';
import type { LabelRows } from './labelRows.ts';
import { EVERYWHERE, type RowSet } from './rowSet.ts';
import { putRows, restricted, takeRows } from './takeRows.ts';

/** Rows are cut down only below this share of them; above it the copies cost more than they save. */
const LARGEST_SHARE = 0.75;

/** A wanted input, the flow there, and what the op says of its rows. */
interface Wanted {
  readonly i: number;
  readonly to: Flow;
  readonly passage: RowPassage | undefined;
}

/** An input for which the rule accepts some of the rows alone. */
type RowWanted = Wanted & { readonly passage: RowPassage & { readonly carriers: readonly number[] } };

/**
 * Adds Jᵀ·cotangent, for every label, to the flow of every wanted input; everything else made here is freed.
 * @param into the flow of each input; undefined where none is wanted
 */
export function pullLabels(
  rule: Rule<unknown>,
  node: Node,
  { shared, apart }: Flow,
  into: readonly (Flow | undefined)[],
): void {
  // What an op says of its rows may rest on values: it is asked only where rows are known.
  const isAsked = shared !== undefined || apart.some((one) => one !== undefined && !one.rows.isAll);
  const wanted = into.flatMap((to, i) => {
    if (to === undefined) return [];
    const passage = isAsked ? node.op.passage?.(node, i) : undefined;
    return [{ i, to, passage: passage?.count === 0 ? undefined : passage }];
  });
  inFrame(() => {
    if (shared === undefined) pullApart(rule, node, apart, wanted);
    else for (const inputs of turnsOf(wanted)) pullShared(rule, node, shared, inputs);
  });
}

/** The inputs all at once, or one after the other where a tensor stands in two places: its terms are added in the order of the inputs. */
function turnsOf(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  const tensors = new Set(wanted.map(({ to }) => to));
  return tensors.size === wanted.length ? [wanted] : wanted.map((input) => [input]);
}

function pullShared(rule: Rule<unknown>, node: Node, shared: Shared, wanted: readonly Wanted[]): void {
  const seen = wanted.map((input) => ({
    ...input,
    rows: input.passage && shared.labelRows.seenAs(input.passage.count),
  }));
  const mixing = seen.filter(({ rows }) => rows === undefined);
  if (mixing.length > 0) pullApart(rule, node, partsOf(shared), mixing);
  for (const { i, to, passage, rows } of seen) {
    // Jᵀ·diag(s)·U = diag(s)·(Jᵀ·U): the rule runs once.
    if (passage?.kind === 'local' && rows !== undefined) {
      inFrame(() => {
        const term = rule(node, shared.cotangent, i);
        if (term !== undefined) addShared(to, { cotangent: term, labelRows: rows });
      });
    }
  }
  const sums = seen
    .filter(takesFewerRows)
    .filter(({ passage, rows }) => passage.kind === 'sum' && rows !== undefined);
  const rows = sums[0]?.rows;
  if (rows !== undefined) pullSums(rule, node, shared.cotangent, rows, sums);
}

/** Σ over the rows of a label: all labels together add up no more rows than one product, if no row belongs to two. */
function pullSums(
  rule: Rule<unknown>,
  node: Node,
  cotangent: Tensor,
  { labels }: LabelRows,
  sums: readonly RowWanted[],
): void {
  const primalOver = restrictedOnce(node, sums);
  for (const [label, share] of labels.entries()) {
    if (share.rows.isEmpty) continue;
    const primal = primalOver(share.rows);
    inFrame(() => {
      const taken = takeRows(cotangent, sums[0]!.passage.count, share);
      for (const { i, to } of sums) addTerm(to, label, EVERYWHERE, () => rule(primal, taken, i));
    });
  }
}

/** One label after the other, over its rows alone if these are few and the rule accepts it. */
function pullApart(
  rule: Rule<unknown>,
  node: Node,
  apart: readonly (Apart | undefined)[],
  wanted: readonly Wanted[],
): void {
  const narrow = wanted.filter(takesFewerRows);
  const primalOver = restrictedOnce(node, narrow);
  for (const [label, one] of apart.entries()) {
    if (one === undefined) continue;
    const few = fewRows(one.rows, narrow);
    const primal = few && primalOver(few);
    inFrame(() => {
      const taken =
        few && takeRows(one.cotangent, narrow[0]!.passage.count, { rows: few, factors: undefined });
      for (const input of wanted) {
        addTerm(input.to, label, rowsAfter(one.rows, input.passage), () => {
          if (few === undefined || !takesFewerRows(input)) return rule(node, one.cotangent, input.i);
          const term = rule(primal!, taken!, input.i);
          if (term === undefined || input.passage.kind === 'sum') return term;
          return putRows(term, few, node.inputs[input.i]!.shape);
        });
      }
    });
  }
}

function addTerm(to: Flow, label: number, rows: RowSet, term: () => Tensor | undefined): void {
  inFrame(() => {
    const cotangent = term();
    if (cotangent !== undefined) addApart(to, label, { cotangent, rows });
  });
}

/** Whether the rule accepts fewer rows. */
function takesFewerRows<W extends Wanted>(input: W): input is W & RowWanted {
  return input.passage?.carriers !== undefined;
}

/** The rows as these inputs see them; undefined where going over them alone saves too little. */
function fewRows(rows: RowSet, [first, ...others]: readonly RowWanted[]): RowSet | undefined {
  // The rules that go over rows all have the same number of them in every op.
  if (first === undefined || others.some(({ passage }) => passage.count !== first.passage.count))
    return undefined;
  const seen = rows.seenAs(first.passage.count);
  return seen.indices.length > LARGEST_SHARE * seen.count ? undefined : seen;
}

/** Where the cotangent of an input may differ from zero, if that of the output is zero outside its rows. */
export function rowsAfter(rows: RowSet, passage: RowPassage | undefined): RowSet {
  if (passage?.kind !== 'local') return EVERYWHERE;
  const { count, places } = passage;
  return places !== undefined && rows.count === count * places
    ? rows.withEarlier(places)
    : rows.seenAs(count);
}

/** The application with its carriers cut down to some rows: once for all labels that have these. */
function restrictedOnce(node: Node, wanted: readonly RowWanted[]): (rows: RowSet) => Primal<unknown> {
  const made = new Map<RowSet, Primal<unknown>>();
  const carriers = wanted.flatMap(({ passage }) => passage.carriers);
  return (rows) => {
    const primal = made.get(rows) ?? restricted(node, carriers, wanted[0]!.passage.count, rows);
    made.set(rows, primal);
    return primal;
  };
}
