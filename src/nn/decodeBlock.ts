// A pre-norm block on kernels, for tokens whose sequences' keys and values are kept: what layers.ts says in ops, step by step.
import type { FloatType, Parameters } from '../autodiff/index.ts';
import type { CacheSizes, KernelBuffer } from '../kernels/interface.ts';
import type { CompleteGpt2Config } from './config.ts';
import type { Workspace } from './workspace.ts';

/** What all steps of a decoder share. */
export interface Decoding {
  readonly space: Workspace;
  readonly parameters: Parameters;
  readonly config: CompleteGpt2Config;
  readonly dtype: FloatType;
  /** Sequences that are kept. */
  readonly slots: number;
}

/** Where the tokens of a call belong: i32 [rows]. */
export interface Belonging {
  readonly rows: number;
  readonly slots: KernelBuffer;
  readonly places: KernelBuffer;
}

/** Query, key and value as one projection: W [d, 3·d] and b [3·d], side by side. */
export function joinProjections({ space, parameters, config, dtype }: Decoding, group: string): void {
  const d = config.width;
  const weight = space.take(`${group}.weight`, dtype, 3 * d * d);
  const bias = space.take(`${group}.bias`, dtype, 3 * d);
  for (const [i, role] of ['query', 'key', 'value'].entries()) {
    const part = (kind: string): KernelBuffer => parameters[`${group}.${role}.${kind}`]!.buffer;
    space.kernels.scatterStrided(part('weight'), weight, [d, d], [3 * d, 1], i * d);
    space.kernels.scatterStrided(part('bias'), bias, [d], [1], i * d);
  }
}

/** out = (x − mean)/√(var + ε)·weight + bias in every row. */
export function normRows(
  { space, parameters, config, dtype }: Decoding,
  group: string,
  x: KernelBuffer,
  rows: number,
): KernelBuffer {
  const { width, epsilon } = config;
  const [weight, bias] = [parameters[`${group}.weight`]!.buffer, parameters[`${group}.bias`]!.buffer];
  const out = space.take('normed', dtype, rows * width);
  space.kernels.layerNorm(x, weight, bias, out, { rows, columns: width, epsilon });
  return out;
}

/** W, b and the sizes of a layer for a number of rows. */
function layerOf({ parameters }: Decoding, layer: string, x: KernelBuffer, rows: number) {
  const [weight, bias] = [parameters[`${layer}.weight`]!.buffer, parameters[`${layer}.bias`]!.buffer];
  return { weight, bias, sizes: { m: rows, n: bias.length, k: x.length / rows } };
}

/** gelu(x·W + b). */
function projectGelu(decoding: Decoding, x: KernelBuffer, layer: string, rows: number): KernelBuffer {
  const { weight, bias, sizes } = layerOf(decoding, layer, x, rows);
  const out = decoding.space.take('up', decoding.dtype, rows * sizes.n);
  decoding.space.kernels.linearGelu(x, weight, bias, out, sizes);
  return out;
}

/** to ← to + x·W + b. */
function addProjection(
  decoding: Decoding,
  to: KernelBuffer,
  x: KernelBuffer,
  layer: string,
  rows: number,
): void {
  const { weight, bias, sizes } = layerOf(decoding, layer, x, rows);
  decoding.space.kernels.linearAdd(x, weight, bias, to, to, sizes);
}

/** x ← x + attention(norm1(x)), then x ← x + mlp(norm2(x)); keys and values of the rows are kept. */
export function runBlock(
  decoding: Decoding,
  group: string,
  x: KernelBuffer,
  { rows, slots, places }: Belonging,
): void {
  const { space, config, dtype } = decoding;
  const { kernels } = space;
  const { context, heads, width } = config;
  const attention = `${group}.attention`;
  const joined = ['weight', 'bias'].map((kind, i) =>
    space.take(`${attention}.${kind}`, dtype, i === 0 ? 3 * width * width : 3 * width),
  );
  const kept = decoding.slots * context * width;
  const [keys, values] = ['keys', 'values'].map((role) => space.take(`${group}.${role}`, dtype, kept));
  const sizes: CacheSizes = { rows, slots: decoding.slots, context, heads, width: width / heads };
  const parts = space.take('parts', dtype, rows * 3 * width);
  const normed = normRows(decoding, `${group}.norm1`, x, rows);
  kernels.linear(normed, joined[0]!, joined[1]!, parts, { m: rows, n: 3 * width, k: width });
  const mixed = space.take('mixed', dtype, rows * width);
  kernels.cachedAttention(parts, keys!, values!, slots, places, mixed, sizes);
  addProjection(decoding, x, mixed, `${group}.attention.output`, rows);
  const up = projectGelu(decoding, normRows(decoding, `${group}.norm2`, x, rows), `${group}.mlp.up`, rows);
  addProjection(decoding, x, up, `${group}.mlp.down`, rows);
}
