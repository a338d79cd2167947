// The layers of a GPT-2 as functions of their parameters. Rows are positions: x is [B·T, d].
import {
  add,
  causalMask,
  gelu,
  layerNorm,
  linear,
  matmul,
  matmulNT,
  mul,
  type Parameters,
  reshape,
  softmax,
  type Tensor,
  transpose,
} from '../autodiff/index.ts';
import type { CompleteGpt2Config } from './config.ts';

/** x·W + b with W [in, out], as GPT-2's Conv1D. */
function projection(parameters: Parameters, group: string, x: Tensor): Tensor {
  return linear(x, parameters[`${group}.weight`]!, parameters[`${group}.bias`]!);
}

/** (x − mean)/√(var + ε)·weight + bias over the last axis. */
export function norm(parameters: Parameters, group: string, x: Tensor, epsilon: number): Tensor {
  return layerNorm(x, parameters[`${group}.weight`]!, parameters[`${group}.bias`]!, epsilon);
}

/** softmax(causal(Q·Kᵀ/√h))·V per head of width h, heads side by side, then the output projection. */
function attention(
  parameters: Parameters,
  group: string,
  x: Tensor,
  heads: number,
  [batch, length]: readonly [number, number],
): Tensor {
  const width = x.shape[1]!;
  const perHead = (role: string): Tensor => {
    const projected = projection(parameters, `${group}.${role}`, x);
    return transpose(reshape(projected, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
  };
  // Scaling the queries instead of the scores: T·d products instead of T·T·heads.
  const query = mul(perHead('query'), 1 / Math.sqrt(width / heads));
  const probabilities = softmax(causalMask(matmulNT(query, perHead('key'))));
  const mixed = transpose(matmul(probabilities, perHead('value')), [0, 2, 1, 3]);
  return projection(parameters, `${group}.output`, reshape(mixed, [batch * length, width]));
}

/** gelu(x·W_up + b_up)·W_down + b_down. */
function mlp(parameters: Parameters, group: string, x: Tensor): Tensor {
  return projection(parameters, `${group}.down`, gelu(projection(parameters, `${group}.up`, x)));
}

/** Pre-norm block: y = x + attention(norm1(x)), then y + mlp(norm2(y)). */
export function block(
  parameters: Parameters,
  group: string,
  x: Tensor,
  { heads, epsilon }: CompleteGpt2Config,
  sizes: readonly [number, number],
): Tensor {
  const normed = norm(parameters, `${group}.norm1`, x, epsilon);
  const attended = add(x, attention(parameters, `${group}.attention`, normed, heads, sizes));
  return add(
    attended,
    mlp(parameters, `${group}.mlp`, norm(parameters, `${group}.norm2`, attended, epsilon)),
  );
}
