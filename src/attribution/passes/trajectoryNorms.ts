// Norms of the gradients of single trajectories from terms over rows. ‖Σ_t l_t⊗r_t‖² = Σ_ts ⟨l_t, l_s⟩⟨r_t, r_s⟩, so that the gradient itself
// need not be made where a trajectory has few rows. Source: Goodfellow, 2015 (arXiv:1510.01799); Li et al., 2022 (arXiv:2110.05679).
import {
  type GradientShare,
  indices,
  matmulNT,
  mul,
  reshape,
  type Shape,
  scope,
  slice,
  sum,
  type Tensor,
} from '../../autodiff/index.ts';
import type { Owner, Owners } from './owners.ts';
import { addedUp, innerProductOf, replaced } from './terms.ts';

/** A share of a parameter's gradient, and whose its places are. */
export interface OwnedShare {
  readonly share: GradientShare;
  readonly owned: Owners;
}

/** Elements of Gram matrices of rows that are in memory at once. */
const GRAM_AT_ONCE = 2 ** 23;

/** Rows of a share for each of its places. */
function rowsPerPlace(share: GradientShare, { places }: Owners): number {
  switch (share.kind) {
    case 'outer':
      return share.left.shape[0]! / places;
    case 'sum':
    case 'placed':
      return share.values.shape[0]! / places;
    case 'dense':
      return 1;
  }
}

/** The rows of a tensor from … to − 1. */
export function rowsOf(x: Tensor, from: number, to: number): Tensor {
  const rest = x.shape.slice(1);
  return slice(x, [from, ...rest.map(() => 0)], [to, ...rest]);
}

/** The part of a share that belongs to an owner. A dense share belongs to its only owner. */
export function partOf({ share, owned }: OwnedShare, { from, to }: Owner): GradientShare {
  if (share.kind === 'dense') return share;
  const rows = rowsPerPlace(share, owned);
  // No kernel cuts integers.
  const cut = (x: Tensor): Tensor =>
    x.dtype === 'i32'
      ? indices(x.readSync().subarray(from * rows, to * rows))
      : rowsOf(x, from * rows, to * rows);
  return replaced(share, cut);
}

/** ‖·‖² of the rows' sum, by way of their Gram matrices, for `count` sequences of rows one below the other. */
function normsByRows(left: Tensor, right: Tensor, count: number): ArrayLike<number> {
  return scope(() => {
    const gram = (x: Tensor): Tensor => {
      const stack = reshape(x, [count, x.shape[0]! / count, x.shape[1]!]);
      return matmulNT(stack, stack);
    };
    const products = mul(gram(left), gram(right));
    return sum(reshape(products, [count, products.size / count]), -1).readSync();
  });
}

/**
 * ‖·‖² of the rows from … to − 1 of `values`, [n·width], added to the rows of a table that `at`, [n], names.
 */
export function placedNorm(
  at: ArrayLike<number>,
  values: ArrayLike<number>,
  width: number,
  from: number,
  to: number,
): number {
  const sums = new Map<number, Float64Array>();
  for (let i = from; i < to; i++) {
    const sum = sums.get(at[i]!) ?? new Float64Array(width);
    for (let j = 0; j < width; j++) sum[j]! += values[i * width + j]!;
    sums.set(at[i]!, sum);
  }
  let total = 0;
  for (const sum of sums.values()) for (const x of sum) total += x * x;
  return total;
}

/** ‖·‖² of what one owner has of a share. */
function normOfPart(share: GradientShare, shape: Shape): number {
  return scope(() => {
    if (share.kind === 'placed') {
      const [rows, width] = share.values.shape as [number, number];
      return placedNorm(share.at.readSync(), share.values.readSync(), width, 0, rows);
    }
    if (share.kind === 'outer' && isCheaperByRows(share.left, share.right, share.left.shape[0]!)) {
      return normsByRows(share.left, share.right, 1)[0]!;
    }
    const gradient = addedUp(share, shape);
    return innerProductOf(gradient, gradient);
  });
}

/** Whether n²·(p + q) products are fewer than n·p·q. */
function isCheaperByRows(left: Tensor, right: Tensor, rows: number): boolean {
  const [p, q] = [left.shape[1]!, right.shape[1]!];
  return rows * (p + q) < p * q;
}

/** ‖·‖² of every owner's part of a share, each with all of its gradient in this share. */
export function normsOfShare(owned: OwnedShare, shape: Shape): Map<number, number> {
  const { share } = owned;
  const { owners, places } = owned.owned;
  const found = new Map<number, number>();
  const perPlace = rowsPerPlace(share, owned.owned);
  const length = owners.length === 0 ? 0 : owners[0]!.to - owners[0]!.from;
  const isEven = owners.every(({ from, to }, i) => from === i * length && to - from === length);
  const rows = length * perPlace;
  if (
    share.kind !== 'outer' ||
    !isEven ||
    owners.length * length !== places ||
    !isCheaperByRows(share.left, share.right, rows)
  ) {
    for (const owner of owners) {
      const norm = scope(() => normOfPart(partOf(owned, owner), shape));
      found.set(owner.trajectory, norm);
    }
    return found;
  }
  const atOnce = Math.max(1, Math.floor(GRAM_AT_ONCE / rows ** 2));
  for (let first = 0; first < owners.length; first += atOnce) {
    const some = owners.slice(first, first + atOnce);
    scope(() => {
      const cut = (x: Tensor): Tensor => rowsOf(x, first * rows, (first + some.length) * rows);
      const norms = normsByRows(cut(share.left), cut(share.right), some.length);
      for (const [i, { trajectory }] of some.entries()) found.set(trajectory, norms[i]!);
    });
  }
  return found;
}
