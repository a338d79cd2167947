// Inner products of the gradients of labels, by parameter or by part of one: which labels pull the same way.
import { scope, slice, type Tensor } from '../../../autodiff/index.ts';
import { innerProductOf } from '../terms.ts';
import type { Reducer } from './reducer.ts';

/** A part of a parameter: from … to − 1 along one of its axes, such as the columns of a head. */
export interface Piece {
  readonly name: string;
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/** Gram matrices over labels, by parameter path or by the name of a piece. */
export interface GramMatrices {
  readonly labels: readonly string[];
  /** [L·L] ⟨g_a, g_b⟩, row by row. Names that several pieces share are added up. */
  readonly gram: Readonly<Record<string, Float64Array>>;
}

function cutOut(x: Tensor, { axis, from, to }: Piece): Tensor {
  const start = x.shape.map((_, d) => (d === axis ? from : 0));
  const end = x.shape.map((size, d) => (d === axis ? to : size));
  return slice(x, start, end);
}

/**
 * Makes the Gram matrix of the labels' gradients for every parameter. Gradients of groups are orthogonal to one another, so that the matrix
 * of several parameters together is the sum of theirs.
 * @param cut the pieces of a parameter that are to be told apart; undefined: all of it, under its path
 */
export function gramReducer(
  cut: (path: string) => readonly Piece[] | undefined = () => undefined,
): Reducer<GramMatrices> {
  let labels: readonly string[] = [];
  const gram: Record<string, Float64Array> = {};
  const addTo = (name: string, parts: readonly Tensor[]): void => {
    gram[name] ??= new Float64Array(labels.length ** 2);
    for (const [a, x] of parts.entries()) {
      for (const [b, y] of parts.entries()) {
        if (b > a) continue;
        const product = innerProductOf(x, y);
        gram[name]![a * labels.length + b]! += product;
        if (a !== b) gram[name]![b * labels.length + a]! += product;
      }
    }
  };
  return {
    begin: (facts) => {
      labels = facts.labels;
    },
    wants: (path) => (cut(path) === undefined ? { gram: true } : { labels: true }),
    take: (gradient) => {
      const pieces = cut(gradient.path);
      if (pieces === undefined) gram[gradient.path] = gradient.gram();
      else {
        const parts = gradient.labels();
        for (const piece of pieces) {
          scope(() =>
            addTo(
              piece.name,
              parts.map((x) => cutOut(x, piece)),
            ),
          );
        }
      }
    },
    result: () => ({ labels, gram }),
  };
}
