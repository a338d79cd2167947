// Sums over rows that have not been added up: added up, joined over labels, and as inner products.
import {
  add,
  type GradientShare,
  gather,
  matmul,
  matmulTN,
  mul,
  type OuterTerms,
  type RowTerms,
  reshape,
  type Shape,
  scatterAdd,
  scope,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '../../autodiff/index.ts';

/** Σ aᵢ·bᵢ of two tensors of as many elements. */
export function innerProductOf(a: Tensor, b: Tensor): number {
  return scope(() => sum(mul(reshape(a, [a.size]), reshape(b, [b.size]))).item());
}

/** The share added up, as a tensor of this shape. */
export function addedUp(share: GradientShare, shape: Shape): Tensor {
  switch (share.kind) {
    case 'outer':
      return reshape(matmulTN(share.left, share.right), shape);
    case 'sum':
      return reshape(sum(share.values, 0), shape);
    case 'placed':
      return reshape(scatterAdd(share.values, share.at, shape[0]!), shape);
    case 'dense':
      return share.gradient;
  }
}

/** The tensors of a share, of which some may be the same for all labels. */
export function tensorsOf(share: GradientShare): Tensor[] {
  switch (share.kind) {
    case 'outer':
      return [share.left, share.right];
    case 'sum':
      return [share.values];
    case 'placed':
      return [share.at, share.values];
    case 'dense':
      return [share.gradient];
  }
}

/** The same share with other tensors in the places of its own. */
export function replaced(share: GradientShare, convert: (x: Tensor) => Tensor): GradientShare {
  switch (share.kind) {
    case 'outer':
      return { kind: 'outer', left: convert(share.left), right: convert(share.right) };
    case 'sum':
      return { kind: 'sum', values: convert(share.values) };
    case 'placed':
      return { kind: 'placed', at: convert(share.at), values: convert(share.values) };
    case 'dense':
      return { kind: 'dense', gradient: convert(share.gradient) };
  }
}

/** Which factor several labels have in common; undefined if neither. */
export function commonFactor(terms: readonly OuterTerms[]): 'left' | 'right' | undefined {
  const [first] = terms;
  const isCommon = (side: 'left' | 'right'): boolean =>
    terms.every((one) => one[side].storage === first![side].storage);
  if (isCommon('left')) return 'left';
  return isCommon('right') ? 'right' : undefined;
}

const total = (tensors: readonly Tensor[]): Tensor => tensors.reduce((sum, x) => add(sum, x));

/** The shares of several labels, all of one kind and of the same rows, as that of their sum. */
export function sumOfShares(shares: readonly GradientShare[], shape: Shape): GradientShare {
  const [first] = shares;
  const outer = shares.flatMap((share) => (share.kind === 'outer' ? [share] : []));
  const common = outer.length === shares.length ? commonFactor(outer) : undefined;
  if (first?.kind === 'outer' && common !== undefined) {
    const other = common === 'left' ? 'right' : 'left';
    return { ...first, [other]: total(outer.map((one) => one[other])) };
  }
  const rows = shares.flatMap((share) => (share.kind === 'sum' || share.kind === 'placed' ? [share] : []));
  if ((first?.kind === 'sum' || first?.kind === 'placed') && rows.every(({ kind }) => kind === first.kind)) {
    return { ...first, values: total(rows.map(({ values }) => values)) };
  }
  return { kind: 'dense', gradient: total(shares.map((share) => addedUp(share, shape))) };
}

/** ⟨term of row r, g⟩ of every row, [n]; of a dense share one number, [1]. */
export function rowProducts(share: GradientShare, gradient: Tensor): ArrayLike<number> {
  return scope(() => {
    switch (share.kind) {
      case 'outer': {
        const { left, right } = share;
        const matrix = reshape(gradient, [left.shape[1]!, right.shape[1]!]);
        return sum(mul(matmul(left, matrix), right), -1).readSync();
      }
      case 'sum':
        return matmul(share.values, reshape(gradient, [gradient.size, 1])).readSync();
      case 'placed': {
        const rows = gather(reshape(gradient, [gradient.shape[0]!, share.values.shape[1]!]), share.at);
        return sum(mul(rows, share.values), -1).readSync();
      }
      case 'dense':
        return [innerProductOf(share.gradient, gradient)];
    }
  });
}

function scaledMatrix(x: Tensor, scale: Float64Array): Tensor {
  const perPlace = x.shape[0]! / scale.length;
  const column = Float64Array.from({ length: x.shape[0]! }, (_, r) => scale[Math.floor(r / perPlace)]!);
  return mul(x, tensor(column, { shape: [column.length, 1], dtype: x.dtype }));
}

/** Terms over rows with those of place i multiplied by scale i. */
export function scaledRows<T extends RowTerms>(terms: T, scale: Float64Array): T {
  if (terms.kind !== 'outer') return { ...terms, values: scaledMatrix(terms.values, scale) };
  const side = terms.left.shape[1]! < terms.right.shape[1]! ? 'left' : 'right';
  return { ...terms, [side]: scaledMatrix(terms[side], scale) };
}

/** Zeros in the type and shape of a tensor. */
export function zerosLike({ shape, dtype }: Tensor): Tensor {
  return zeros(shape, dtype);
}
