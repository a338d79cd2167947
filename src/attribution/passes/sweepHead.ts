// The backward sweep through the head. It treats every row alone, so that one cotangent of 1 for each token serves all labels: what a label
// has of a row is that row times its seed.
import {
  add,
  indices,
  ones,
  type Parameters,
  type SummedTerms,
  scatterAdd,
  scope,
  slice,
  type Tensor,
  tensor,
  vjp,
} from '../../autodiff/index.ts';
import { type Passage, withParameters } from './forward.ts';
import { logProbRows } from './headRows.ts';
import { free, held, holding } from './held.ts';
import { ownersOfTokens, ownersWithin } from './owners.ts';
import type { ParameterSums } from './parameterSums.ts';
import type { ResponseBatch } from './responseBatch.ts';
import { type Part, type Range, sweepPart, type Taker } from './sweepPart.ts';
import { type HeadRows, headRowsOf, type TableSum } from './tableSum.ts';
import { scaledRows } from './terms.ts';

/** A range of response tokens, from … to − 1. */
export type TokenRange = readonly [from: number, to: number];

/** The head over some response tokens, of which it gives the log-probabilities. */
function headPart(
  { network, batch }: Passage,
  parameters: Parameters,
  rows: Tensor,
  [from, to]: TokenRange,
): Part {
  return {
    parameters,
    input: slice(rows, [from, 0], [to, network.config.width]),
    places: to - from,
    run: (p: Parameters, x: Tensor | undefined, range: Range) =>
      logProbRows(network, p, x!, batch, from + range.from, from + range.to),
  };
}

/**
 * Sweeps back through the head over one range of response tokens, with a cotangent of 1 for each. Every label scales what comes out.
 * @param rows [N, d] the rows that the head reads
 * @param seeds [N] by label
 * @param logProbs [N] is filled at the tokens of the range
 * @param ranges of which the i-th is swept; those before it have been
 * @returns x̄ of the range's rows, [n, d], which the caller frees
 */
export function sweepHead(
  passage: Passage,
  sums: ParameterSums,
  rows: Tensor,
  seeds: readonly Float64Array[],
  logProbs: Float64Array,
  ranges: readonly TokenRange[],
  i: number,
): Tensor[] {
  const [from, to] = ranges[i]!;
  const owned = ownersWithin(ownersOfTokens(passage.batch), from, to);
  const scales = seeds.map((values) => values.subarray(from, to));
  const mixing: string[] = [];
  const tables: [table: TableSum, path: string, own: HeadRows][] = [];
  const taker: Taker = {
    needsOwners: () => false,
    take: (path, [unit], owners) => {
      if (unit === undefined || unit.kind === 'dense') {
        mixing.push(path);
        return;
      }
      const table = unit.kind === 'outer' ? sums.tableOf(path) : undefined;
      if (unit.kind === 'outer' && table !== undefined) {
        tables.push([
          table,
          path,
          headRowsOf({ ...unit, left: held(unit.left), right: held(unit.right) }, from, to),
        ]);
        return;
      }
      const shares = scales.map((scale) => scaledRows(unit, scale));
      sums.take(path, shares, owners);
    },
    takeOwned: () => undefined,
  };
  const ofMixing: Taker = {
    needsOwners: (path) => mixing.includes(path) && sums.needsOwners(path),
    take: (path, shares, owners) => {
      if (mixing.includes(path)) sums.take(path, shares, owners);
    },
    takeOwned: (path, shares, owners) => sums.takeOwned(path, shares, owners),
  };
  let found: (Tensor | undefined)[] = [];
  try {
    return withParameters(passage, passage.network.paths.head, (parameters) => {
      const part = headPart(passage, parameters, rows, ranges[i]!);
      found = sweepPart(part, [ones([to - from], passage.weights.dtype)], owned, taker, (output) =>
        logProbs.set(output.readSync(), from),
      );
      if (mixing.length > 0) {
        const seeded = scales.map((scale) => tensor(scale, { dtype: passage.weights.dtype }));
        free(sweepPart(part, seeded, owned, ofMixing));
      }
      for (const [table, path, own] of tables) {
        table.addHead(own);
        for (const before of ranges.slice(0, i)) {
          const earlier = headPart(passage, parameters, rows, before);
          addPairs(earlier, path, before, (other) => table.addPair(own, other));
        }
      }
      return found.flatMap((x) => x ?? []);
    });
  } catch (error) {
    free(found);
    throw error;
  } finally {
    for (const [, , { residual, row }] of tables) free([residual, row]);
  }
}

/** Makes the terms of an output layer once more, of a range that was swept before. */
function addPairs(part: Part, path: string, [from, to]: TokenRange, add: (other: HeadRows) => void): void {
  scope(() => {
    const run = (p: Parameters): Tensor =>
      part.run({ ...part.parameters, ...p }, part.input, { from: 0, to: part.places });
    const { value, reduce } = vjp(run, { [path]: part.parameters[path]! });
    reduce({ unit: ones(value.shape, value.dtype) }, (_, { unit }) => {
      if (unit?.kind === 'outer') add(headRowsOf(unit, from, to));
    });
  });
}

/** [rectangle][label] the cotangents of the rows after the last block. */
export function cotangentsOfStreams(
  { inputs, rows }: ResponseBatch,
  unit: readonly Tensor[],
  ranges: readonly (readonly [from: number, to: number])[],
  seeds: readonly Float64Array[],
): Tensor[][] {
  let before = 0;
  return inputs.map(({ ids }) => {
    const [first, end] = [before, before + ids.length];
    before = end;
    return holding(() =>
      seeds.map((values) => {
        // Rows of other rectangles go to a row too many, which is cut off.
        const at = rows.map((row) => (row >= first && row < end ? row - first : ids.length));
        const width = unit[0]!.shape[1]!;
        const terms = unit.map((x, i) => {
          const [from, to] = ranges[i]!;
          const terms: SummedTerms = { kind: 'sum', values: x };
          const scaled = scaledRows(terms, values.subarray(from, to));
          return scatterAdd(scaled.values, indices(at.subarray(from, to)), ids.length + 1);
        });
        const all = terms.reduce((sum, term) => add(sum, term));
        return slice(all, [0, 0], [ids.length, width]);
      }),
    );
  });
}
