// The policy: it points at a cell by what is seen of it from afar, or nowhere; then it answers from the colour that it finds there.
import {
  add,
  concat,
  gather,
  indices,
  mul,
  type Parameters,
  reshape,
  sum,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import type { TwoTokenPolicy } from '../shared/twoTokens.ts';
import { type Images, isBorder } from './image.ts';

/**
 * Points: cell c has the logit ⟨w_asked, x_c⟩, where x_c is what is seen of it, and `border` more on the border; the last place, pointing
 * nowhere, has `nowhere`. Answers: a table by the colour at the point, and one row for none.
 */
export const policy: TwoTokenPolicy<Images> = {
  looks({ kind, border, nowhere }, { count, asked, look, side, width }) {
    const cells = side * side;
    const query = reshape(gather(kind!, indices(asked)), [count, 1, width]);
    const matched = sum(mul(query, tensor(look, { shape: [count, cells, width] })), -1);
    const isOnBorder = Float64Array.from({ length: cells }, (_, cell) => (isBorder(cell, side) ? 1 : 0));
    const ofCells = add(matched, mul(tensor(isOnBorder), border!));
    return concat(
      [ofCells, mul(tensor(new Float64Array(count).fill(1), { shape: [count, 1] }), nowhere!)],
      1,
    );
  },
  answers: ({ answer }) => answer!,
  seen: ({ colour, side, colours }, p, place) =>
    place === side * side ? colours : colour[p * side * side + place]!,
};

/** The parameters before any demonstration: all points and all answers alike. */
export function initialParameters({
  kinds,
  width,
  colours,
}: Pick<Images, 'kinds' | 'width' | 'colours'>): Record<string, Tensor> {
  return {
    kind: tensor(new Float64Array(kinds * width), { shape: [kinds, width] }),
    border: tensor([0]),
    nowhere: tensor([0]),
    answer: tensor(new Float64Array((colours + 1) * colours), { shape: [colours + 1, colours] }),
  } satisfies Parameters;
}
