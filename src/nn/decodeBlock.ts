// A pre-norm block on kernels, for tokens whose sequences' keys and values are kept: what layers.ts says in ops, step by step.
import type { FloatType, Parameters } from '../autodiff/index.ts';
import type { CacheSizes, KernelBuffer } from '../kernels/interface.ts';
import type { CompleteGpt2Config } from './config.ts';
import type { Workspace } from './workspace.ts';

/** What all steps of a decoder share. */
export interface Program {
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
export function joinProjections({ space, parameters, config, dtype }: Program, group: string): void {
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
  { space, parameters, config, dtype }: Program,
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

/** x·W + b, or its gelu, in the buffer `name`. */
function project(
  kernel: 'linear' | 'linearGelu',
  { space, dtype }: Program,
  name: string,
  x: KernelBuffer,
  weight: KernelBuffer,
  bias: KernelBuffer,
  rows: number,
): KernelBuffer {
  const [k, n] = [x.length / rows, bias.length];
  const out = space.take(name, dtype, rows * n);
  space.kernels[kernel](x, weight, bias, out, { m: rows, n, k });
  return out;
}

/** x ← x + attention(norm1(x)), then x ← x + mlp(norm2(x)); keys and values of the rows are kept. */
export function runBlock(
  program: Program,
  group: string,
  x: KernelBuffer,
  { rows, slots, places }: Belonging,
): void {
  const { space, parameters, config, dtype } = program;
  const { kernels } = space;
  const { context, heads, width } = config;
  const apply = (
    kernel: 'linear' | 'linearGelu',
    name: string,
    from: KernelBuffer,
    layer: string,
  ): KernelBuffer => {
    const [weight, bias] = ['weight', 'bias'].map((kind) => parameters[`${group}.${layer}.${kind}`]!.buffer);
    return project(kernel, program, name, from, weight!, bias!, rows);
  };
  const attention = `${group}.attention`;
  const joined = ['weight', 'bias'].map((kind, i) =>
    space.take(`${attention}.${kind}`, dtype, i === 0 ? 3 * width * width : 3 * width),
  );
  const kept = program.slots * context * width;
  const [keys, values] = ['keys', 'values'].map((role) => space.take(`${group}.${role}`, dtype, kept));
  const sizes: CacheSizes = { rows, slots: program.slots, context, heads, width: width / heads };
  const parts = project(
    'linear',
    program,
    'parts',
    normRows(program, `${group}.norm1`, x, rows),
    joined[0]!,
    joined[1]!,
    rows,
  );
  const mixed = space.take('mixed', dtype, rows * width);
  kernels.cachedAttention(parts, keys!, values!, slots, places, mixed, sizes);
  kernels.binary('add', x, apply('linear', 'sum', mixed, 'attention.output'), x);
  const up = apply('linearGelu', 'up', normRows(program, `${group}.norm2`, x, rows), 'mlp.up');
  kernels.binary('add', x, apply('linear', 'sum', up, 'mlp.down'), x);
}
