// The layers of a GPT-2 as functions of their parameters. Rows are positions: x is [B·T, d].
import {
  attention,
  gelu,
  layerNorm,
  linear,
  linearAdd,
  type Parameters,
  type Tensor,
} from '../autodiff/index.ts';
import type { CompleteGpt2Config } from './config.ts';

/** x·W + b with W [in, out], as GPT-2's Conv1D. */
function projection(parameters: Parameters, group: string, x: Tensor): Tensor {
  return linear(x, parameters[`${group}.weight`]!, parameters[`${group}.bias`]!);
}

/** residual + x·W + b. */
function projectionOnto(residual: Tensor, parameters: Parameters, group: string, x: Tensor): Tensor {
  return linearAdd(x, parameters[`${group}.weight`]!, parameters[`${group}.bias`]!, residual);
}

/** (x − mean)/√(var + ε)·weight + bias over the last axis. */
export function norm(parameters: Parameters, group: string, x: Tensor, epsilon: number): Tensor {
  return layerNorm(x, parameters[`${group}.weight`]!, parameters[`${group}.bias`]!, epsilon);
}

/**
 * residual + the output projection of softmax(causal(Q·Kᵀ/√h))·V per head of width h, heads side by side. `length`: of a sequence.
 */
function selfAttention(
  residual: Tensor,
  parameters: Parameters,
  group: string,
  x: Tensor,
  heads: number,
  length: number,
): Tensor {
  const [query, key, value] = ['query', 'key', 'value'].map((role) =>
    projection(parameters, `${group}.${role}`, x),
  );
  const mixed = attention(query!, key!, value!, { heads, length });
  return projectionOnto(residual, parameters, `${group}.output`, mixed);
}

/** residual + gelu(x·W_up + b_up)·W_down + b_down. */
function mlp(residual: Tensor, parameters: Parameters, group: string, x: Tensor): Tensor {
  return projectionOnto(
    residual,
    parameters,
    `${group}.down`,
    gelu(projection(parameters, `${group}.up`, x)),
  );
}

/** Pre-norm block: y = x + attention(norm1(x)), then y + mlp(norm2(y)). */
export function block(
  parameters: Parameters,
  group: string,
  x: Tensor,
  { heads, epsilon }: CompleteGpt2Config,
  length: number,
): Tensor {
  const normed = norm(parameters, `${group}.norm1`, x, epsilon);
  const attended = selfAttention(x, parameters, `${group}.attention`, normed, heads, length);
  return mlp(attended, parameters, `${group}.mlp`, norm(parameters, `${group}.norm2`, attended, epsilon));
}
