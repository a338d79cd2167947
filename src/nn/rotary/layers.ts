// The layers of a decoder with rotary positions as functions of their parameters. Rows are positions: x is [B·T, d].
import {
  add,
  attention,
  broadcastTo,
  concat,
  matmulNT,
  mul,
  type Parameters,
  reshape,
  rmsNorm,
  rotary,
  silu,
  slice,
  type Tensor,
} from '../../autodiff/index.ts';
import type { RotaryConfig } from './config.ts';

/** What all layers share about the places of a sequence. */
export interface Places {
  /** [T, rotated/2] */
  readonly cosine: Tensor;
  /** [T, rotated/2] */
  readonly sine: Tensor;
}

/** The window of a layer; undefined where it sees everything. */
export function windowAt(
  { window, windowFrom }: Pick<RotaryConfig, 'window' | 'windowFrom'>,
  layer: number,
): number | undefined {
  return layer >= windowFrom ? window : undefined;
}

/** x·Wᵀ + b with W [out, in], as PyTorch's linear; without b where there is none. */
function projection(parameters: Parameters, group: string, x: Tensor): Tensor {
  const product = matmulNT(x, parameters[`${group}.weight`]!);
  const bias = parameters[`${group}.bias`];
  return bias === undefined ? product : add(product, bias);
}

/** x/√(mean x² + ε)·weight over the last axis. */
export function norm(parameters: Parameters, group: string, x: Tensor, epsilon: number): Tensor {
  return rmsNorm(x, parameters[`${group}.weight`]!, epsilon);
}

/** The same for every head of width h: x [n, heads·h]. */
function headNorm(
  parameters: Parameters,
  group: string,
  x: Tensor,
  { headWidth, epsilon }: RotaryConfig,
): Tensor {
  const heads = reshape(x, [x.size / headWidth, headWidth]);
  return reshape(norm(parameters, group, heads, epsilon), x.shape);
}

/** The first `rotated` entries of every head turned by the angles of their place, the others as they are. */
function turned(x: Tensor, heads: number, places: Places, config: RotaryConfig): Tensor {
  const { headWidth, rotated } = config;
  const length = places.cosine.shape[0]!;
  if (rotated === headWidth) return rotary(x, places.cosine, places.sine, { heads, length });
  const rows = x.shape[0]!;
  const apart = reshape(x, [rows, heads, headWidth]);
  const first = reshape(slice(apart, [0, 0, 0], [rows, heads, rotated]), [rows, heads * rotated]);
  const moved = rotary(first, places.cosine, places.sine, { heads, length });
  const rest = slice(apart, [0, 0, rotated], [rows, heads, headWidth]);
  return reshape(concat([reshape(moved, [rows, heads, rotated]), rest], 2), x.shape);
}

/** Every head of keys or values as often as queries share it: [n, keyHeads·h] → [n, heads·h]. */
function repeated(x: Tensor, { heads, keyHeads, headWidth }: RotaryConfig): Tensor {
  if (heads === keyHeads) return x;
  const rows = x.shape[0]!;
  const one = reshape(x, [rows, keyHeads, 1, headWidth]);
  return reshape(broadcastTo(one, [rows, keyHeads, heads / keyHeads, headWidth]), [rows, heads * headWidth]);
}

/** residual + the output projection of attention over heads that share keys and values. */
function selfAttention(
  residual: Tensor,
  parameters: Parameters,
  group: string,
  x: Tensor,
  config: RotaryConfig,
  places: Places,
  window: number | undefined,
): Tensor {
  const { heads, keyHeads, hasHeadNorms } = config;
  const length = places.cosine.shape[0]!;
  const project = (role: string): Tensor => projection(parameters, `${group}.${role}`, x);
  const normed = (role: string, y: Tensor): Tensor =>
    hasHeadNorms ? headNorm(parameters, `${group}.${role}Norm`, y, config) : y;
  const query = turned(normed('query', project('query')), heads, places, config);
  const key = repeated(turned(normed('key', project('key')), keyHeads, places, config), config);
  const value = repeated(project('value'), config);
  const mixed = attention(query, key, value, {
    ...{ heads, length },
    ...(window === undefined ? {} : { window }),
  });
  return add(residual, projection(parameters, `${group}.output`, mixed));
}

/** residual + (silu(x·W_gateᵀ)∘(x·W_upᵀ))·W_downᵀ. Source: Shazeer, 2020 (arXiv:2002.05202). */
function mlp(residual: Tensor, parameters: Parameters, group: string, x: Tensor): Tensor {
  const gate = silu(projection(parameters, `${group}.gate`, x));
  const inside = mul(gate, projection(parameters, `${group}.up`, x));
  return add(residual, projection(parameters, `${group}.down`, inside));
}

/** Pre-norm block: y = x + attention(norm1(x)), then y + mlp(norm2(y)). */
export function block(
  parameters: Parameters,
  layer: number,
  x: Tensor,
  config: RotaryConfig,
  places: Places,
): Tensor {
  const group = `block${layer}`;
  const { epsilon } = config;
  const normed = norm(parameters, `${group}.norm1`, x, epsilon);
  const attended = selfAttention(
    x,
    parameters,
    `${group}.attention`,
    normed,
    config,
    places,
    windowAt(config, layer),
  );
  return mlp(attended, parameters, `${group}.mlp`, norm(parameters, `${group}.norm2`, attended, epsilon));
}
