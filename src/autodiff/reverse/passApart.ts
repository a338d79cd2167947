// One label at a time through an op's vjp rule: over the rows alone where its cotangent may differ from zero, if these are few and
// the rule accepts it.
import { inFrame } from '../../tensor/frame.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Node } from '../trace/node.ts';
import type { RowPassage, Rule } from '../trace/op.ts';
import { addApart, type Flow } from './flow.ts';
import { type Support, seenAs, supportAfter } from './support.ts';
import { putRows, restricted, takeRows } from './takeRows.ts';

/** A part of the rows that is not worth the copies. */
const MOST = 0.75;

/** The cotangents of all labels, and where they may differ from zero. */
export type Apart = Pick<Flow, 'apart' | 'supports'>;

/** What an op says of the rows of an input, and the flow there. */
interface Way {
  readonly i: number;
  readonly to: Flow;
  readonly passage: RowPassage | undefined;
}

/** Adds Jᵀ·cotangent, label by label, to the flow of every input that is wanted. */
export function passApart(
  rule: Rule<unknown>,
  node: Node,
  { apart, supports }: Apart,
  into: readonly (Flow | undefined)[],
): void {
  // What an op says of its rows may rest on values, which examples inside vmap do not have. There nothing has a support either.
  const isAsked = supports.some((support) => support !== undefined);
  const passageOf = (i: number): RowPassage | undefined => (isAsked ? node.op.rows?.(node, i) : undefined);
  const ways = into.flatMap((to, i) => (to === undefined ? [] : [{ i, to, passage: passageOf(i) }]));
  for (const [label, cotangent] of apart.entries()) {
    if (cotangent !== undefined)
      inFrame(() => passLabel(rule, node, label, cotangent, supports[label], ways));
  }
}

function passLabel(
  rule: Rule<unknown>,
  node: Node,
  label: number,
  cotangent: Tensor,
  support: Support | undefined,
  ways: readonly Way[],
): void {
  const narrow = support && narrowed(node, cotangent, support, ways);
  for (const { i, to, passage } of ways) {
    const after = supportAfter(support, passage);
    inFrame(() => {
      const term = narrow !== undefined && isNarrow(passage) ? narrow(rule, i) : rule(node, cotangent, i);
      addApart(to, label, term, after);
    });
  }
}

/** Whether the rule accepts fewer rows. */
function isNarrow(passage: RowPassage | undefined): passage is RowPassage & { carriers: readonly number[] } {
  return passage?.carriers !== undefined && passage.units > 0;
}

/** Runs the rule for an input over the rows of the support alone; undefined where that saves too little. */
function narrowed(
  node: Node,
  cotangent: Tensor,
  support: Support,
  ways: readonly Way[],
): ((rule: Rule<unknown>, i: number) => Tensor | undefined) | undefined {
  const passages = ways.flatMap(({ passage }) => (isNarrow(passage) ? [passage] : []));
  const [first] = passages;
  // The rules that go over rows all have the same units in every op.
  if (first === undefined || passages.some(({ units }) => units !== first.units)) return undefined;
  const own = seenAs(support, first.units);
  if (own === undefined || own.rows.length > MOST * own.count) return undefined;
  const carriers = passages.flatMap((passage) => passage.carriers);
  const primal = restricted(node, carriers, first.units, own.count, own.rows);
  const taken = takeRows(cotangent, first.units, own.count, { rows: own.rows, factors: undefined });
  return (rule, i) => {
    const term = rule(primal, taken, i);
    const way = ways.find((one) => one.i === i)!;
    if (term === undefined || way.passage?.kind === 'sum') return term;
    return putRows(term, own.count, own.rows, node.inputs[i]!.shape);
  };
}
