// The policy: a bilinear scorer chooses the evidence by its key, a table answers from the value that stands there.
import {
  add,
  matmul,
  mul,
  type Parameters,
  reshape,
  sum,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import type { TwoTokenPolicy } from '../shared/twoTokens.ts';
import type { Contexts } from './retrieval.ts';

/** qᵀ·W·k for every entry of every context, [P, N]. */
export function bilinear(weight: Tensor, { query, key, count, slots, width }: Contexts): Tensor {
  const asked = matmul(tensor(query, { shape: [count, width] }), weight);
  return sum(mul(reshape(asked, [count, 1, width]), tensor(key, { shape: [count, slots, width] })), -1);
}

/** Evidence e with logits qᵀ·W·k_e; then the answer a with logits C[v_e, a] + b[a]: copying and guessing, both learnt. */
export const policy: TwoTokenPolicy<Contexts> = {
  looks: ({ evidence }, contexts) => bilinear(evidence!, contexts),
  answers: ({ copy, prior }) => add(copy!, prior!),
  seen: ({ value, slots }, p, place) => value[p * slots + place]!,
};

/** The parameters before training: all evidence alike, and an answer that leans to the value it sees by `lean` in logits. */
export function initialParameters(
  { width, values }: { readonly width: number; readonly values: number },
  lean: number,
): Record<string, Tensor> {
  const diagonal = Float64Array.from({ length: values * values }, (_, at) =>
    at % (values + 1) === 0 ? lean : 0,
  );
  return {
    evidence: tensor(new Float64Array(width * width), { shape: [width, width] }),
    copy: tensor(diagonal, { shape: [values, values] }),
    prior: tensor(new Float64Array(values)),
  } satisfies Parameters;
}
