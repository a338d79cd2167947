// Gradients as directions for forward mode: whole, but of large tables of tokens only what moves the response tokens.
import type { DenseGradients, HostGradient } from './denseReducer.ts';
import type { Reducer, TableDirections } from './reducer.ts';

/** Gradients of labels along which tokens can be moved. */
export interface LabelDirections {
  readonly labels: readonly string[];
  /** By label, and then by path. */
  readonly dense: DenseGradients;
  /** By path. */
  readonly tables: Readonly<Record<string, TableDirections>>;
}

/**
 * Keeps the gradients of labels on the host, for `influencesOf`.
 * @param isWanted which parameters; all if left out
 */
export function directionReducer(isWanted: (path: string) => boolean = () => true): Reducer<LabelDirections> {
  let labels: readonly string[] = [];
  const dense: Record<string, Record<string, HostGradient>> = {};
  const tables: Record<string, TableDirections> = {};
  return {
    begin: (facts) => {
      labels = facts.labels;
      for (const label of labels) dense[label] = {};
    },
    wants: (path) => (isWanted(path) ? { direction: true } : {}),
    take: (gradient) => {
      const { path } = gradient;
      if (!isWanted(path)) return;
      if (gradient.tableDirections !== undefined) {
        tables[path] = gradient.tableDirections();
        return;
      }
      for (const [l, own] of gradient.labels().entries())
        dense[labels[l]!]![path] = { dtype: own.dtype, shape: own.shape, values: own.readSync() };
    },
    result: () => ({ labels, dense, tables }),
  };
}
