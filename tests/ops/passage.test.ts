// What ops say of the rows of a cotangent, asked of the registry: with it, every label gets what it gets alone, to the bit, and
// nothing where it is said to get nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scope, type Tensor, tensor, useKernels } from '../../src/autodiff/index.ts';
import { emptyFlow, type Shared, separate } from '../../src/autodiff/reverse/labels/flow.ts';
import { LabelRows, type RowsOfLabel } from '../../src/autodiff/reverse/labels/labelRows.ts';
import { pullLabels } from '../../src/autodiff/reverse/labels/pullLabels.ts';
import { EVERYWHERE, RowSet } from '../../src/autodiff/reverse/labels/rowSet.ts';
import { partOf } from '../../src/autodiff/reverse/labels/takeRows.ts';
import type { Node } from '../../src/autodiff/trace/node.ts';
import type { Op, RowPassage, Rule } from '../../src/autodiff/trace/op.ts';
import { trace } from '../../src/autodiff/trace/trace.ts';
import type { RandomStream } from '../../src/base/random.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import type { FloatType } from '../../src/kernels/interface.ts';
import { local } from '../../src/ops/passage.ts';
import { registry } from '../../src/ops/registry.ts';
import { asFunction, inType } from './cases.ts';
import { arbitraryStream } from './sampling.ts';

useKernels(loadWasmKernelsSync());

const ops = (Object.entries(registry) as [string, Op<unknown>][]).filter(([, op]) => op.vjp !== 'zero');
const declaring = ops.filter(([, op]) => op.passage !== undefined);

type Passage = NonNullable<Op<unknown>['passage']>;

/** Each row to one of two labels or to none; or all rows to both, with factors that do not round. */
function randomRows(random: RandomStream, count: number): LabelRows {
  const owners = Array.from({ length: count }, () => random.integer(3));
  const of = (label: number): RowsOfLabel => ({
    rows: new RowSet(count, Int32Array.from(owners.flatMap((owner, row) => (owner === label ? [row] : [])))),
    factors: undefined,
  });
  if (random.integer(2) === 0) return new LabelRows(count, [of(0), of(1)], true);
  const rows = new RowSet(count, Int32Array.from(owners.keys()));
  const factors = (): Float64Array => Float64Array.from(rows.indices, () => [-2, 0.5, 4][random.integer(3)]!);
  return new LabelRows(
    count,
    [
      { rows, factors: factors() },
      { rows, factors: factors() },
    ],
    false,
  );
}

function hostValues(x: Tensor | undefined): number[] | undefined {
  return x === undefined ? undefined : Array.from(x.readSync(), (value) => value + 0);
}

/** A label that gets nothing may be told so, or get zeros. */
function orZeros(x: number[] | undefined, { size }: Tensor): number[] {
  return x ?? new Array<number>(size).fill(0);
}

/** Asks one input of one recorded op. Whether all labels together got what each gets alone. */
function agrees(node: Node, i: number, { count }: RowPassage, random: RandomStream): boolean {
  const { output, op, inputs } = node;
  const shared: Shared = {
    cotangent: tensor(
      Array.from({ length: output.size }, () => random.normal()),
      { shape: output.shape, dtype: output.dtype },
    ),
    labelRows: randomRows(random, count),
  };
  const together = emptyFlow(2);
  const rule = op.vjp as Rule<unknown>;
  const into = inputs.map((_, j) => (j === i ? together : undefined));
  pullLabels(rule, node, { ...emptyFlow(2), shared }, into);
  separate(together);
  return [0, 1].every((label) => {
    const cotangent = partOf(shared.cotangent, shared.labelRows.labels[label]!);
    const alone = cotangent === undefined ? undefined : hostValues(rule(node, cotangent, i));
    const found = orZeros(hostValues(together.apart[label]?.cotangent), inputs[i]!);
    return orZeros(alone, inputs[i]!).every((value, at) => Object.is(value, found[at]));
  });
}

/** Some rows' cotangents, and zeros. */
function partialCotangent(
  { shape, size, dtype }: Tensor,
  { count, indices }: RowSet,
  random: RandomStream,
): Tensor {
  const isOwn = new Set(indices);
  const values = Array.from({ length: size }, (_, at) =>
    isOwn.has(Math.floor((at * count) / size)) ? random.normal() : 0,
  );
  return tensor(values, { shape, dtype });
}

/** Whether a label of which some rows are known to be zero gets what it gets without that knowledge, and only where it is said. */
function agreesApart(node: Node, i: number, passage: RowPassage, random: RandomStream): boolean {
  const { output, op, inputs } = node;
  const count = passage.count * (('places' in passage ? passage.places : undefined) ?? 1);
  const rows = Int32Array.from(
    Array.from({ length: count }, (_, row) => row).filter(() => random.integer(3) === 0),
  );
  if (rows.length === 0 || output.size === 0) return true;
  const known = new RowSet(count, rows);
  const cotangent = partialCotangent(output, known, random);
  const rule = op.vjp as Rule<unknown>;
  const flow = emptyFlow(1);
  const into = inputs.map((_, j) => (j === i ? flow : undefined));
  pullLabels(rule, node, { shared: undefined, apart: [{ cotangent, rows: known }] }, into);
  const expected = orZeros(hostValues(rule(node, cotangent, i)), inputs[i]!);
  const found = orZeros(hostValues(flow.apart[0]?.cotangent), inputs[i]!);
  const after = flow.apart[0]?.rows ?? EVERYWHERE;
  const reached = new Set(after.indices);
  const mayDiffer = (at: number): boolean => reached.has(Math.floor((at * after.count) / expected.length));
  return expected.every((value, at) => Object.is(value, found[at]) && (value === 0 || mayDiffer(at)));
}

/** Asks all inputs of all nodes of the op in its examples; how many rows there were at most where it agreed. */
function ask(
  op: Op<unknown>,
  dtype: FloatType,
  runs: number,
  passageOf: Passage = op.passage!,
): { mostRows: number; disagreed: number } {
  let [mostRows, disagreed] = [0, 0];
  const property = fc.property(arbitraryStream, (random) =>
    scope(() => {
      const { inputs, constants = [], call } = op.example(random);
      const { f } = asFunction({ inputs, constants: typed(constants, dtype), call });
      const { graph } = trace('test', f, asFunction({ inputs: typed(inputs, dtype), call }).parameters);
      for (const node of graph.nodes.slice(graph.leafCount)) {
        if (node?.op !== op) continue;
        for (const [i, parent] of node.parents.entries()) {
          const passage = parent === undefined ? undefined : passageOf(node, i);
          if (passage === undefined || passage.count === 0) continue;
          const asked = { ...node, op: { ...op, passage: passageOf } };
          if (agrees(asked, i, passage, random) && agreesApart(asked, i, passage, random))
            mostRows = Math.max(mostRows, passage.count);
          else disagreed++;
        }
      }
    }),
  );
  fc.assert(property, { numRuns: runs, seed: 1 });
  return { mostRows, disagreed };
}

function typed(tensors: readonly Tensor[], dtype: FloatType): Tensor[] {
  return Object.values(inType(Object.fromEntries(tensors.entries()), dtype));
}

test('every op says how rows pass, but those in which any row may reach any other', () => {
  expect(ops.filter(([, op]) => op.passage === undefined).map(([name]) => name)).toEqual(['scatterAdd']);
});

describe.each(declaring)('%s', (_, op) => {
  test.each(['f32', 'f64'] as const)('labels get together what each gets alone: %s', (dtype) => {
    const { mostRows, disagreed } = ask(op, dtype, 60);
    expect(disagreed).toBe(0);
    expect(mostRows).toBeGreaterThan(1);
  });
});

describe('a false declaration is found', () => {
  test.each<[string, Op<unknown>, Passage]>([
    ['rows that are cut too short', registry.softmax, ({ output }) => local(output.size)],
    ['elements that move', registry.transpose as Op<unknown>, ({ output }) => local(output.size)],
    [
      'places that reach later ones',
      registry.causalProduct as Op<unknown>,
      (primal, i) => {
        const said = registry.causalProduct.passage!(primal as never, i) as ReturnType<typeof local>;
        return { ...said, places: (primal.attributes as { length: number }).length };
      },
    ],
  ])('%s', (_, op, passageOf) => {
    expect(ask(op, 'f64', 60, passageOf).disagreed).toBeGreaterThan(0);
  });
});
