// What the shares of one parameter's gradient are added to.
import type { GradientShare } from '../../autodiff/index.ts';
import type { Owners } from './owners.ts';
import type { ParameterGradient } from './reducers/reducer.ts';

/** The shares of one parameter's gradient. It holds tensors until `dispose`. */
export interface LeafSum {
  /** Whether shares must say whose their parts are. */
  readonly needsOwners: boolean;
  /** Adds a share by label; without owners where these are given theirs apart. */
  add(shares: readonly (GradientShare | undefined)[], owned: Owners | undefined): void;
  /** Adds a share for the trajectories alone. */
  addOwned(shares: readonly (GradientShare | undefined)[], owned: Owners): void;
  /** What is asked of the gradient of so many trajectories; its tensors live until `dispose`. */
  finish(trajectories: number): ParameterGradient;
  /** Frees all that it holds. */
  dispose(): void;
}

/** [L·L] a symmetric matrix from its entries (a, b) with b ≤ a, row by row. */
export function gramOf(labels: number, product: (a: number, b: number) => number): Float64Array {
  const gram = new Float64Array(labels * labels);
  for (let a = 0; a < labels; a++) {
    for (let b = 0; b <= a; b++) {
      const found = product(a, b);
      gram[a * labels + b] = found;
      gram[b * labels + a] = found;
    }
  }
  return gram;
}
