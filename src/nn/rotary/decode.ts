// Decoding on kernels for decoders with rotary positions: fed token by token, keys and values kept. It makes no tensors and no graph.
// What it computes has the bits of `RotaryNetwork.logits`.
import { currentKernels, type FloatType, type HostArray, type Parameters } from '../../autodiff/index.ts';
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import type { KernelBuffer, Kernels } from '../../kernels/interface.ts';
import type { Decoder, Feed } from '../decode.ts';
import { checkLayout } from '../layout.ts';
import { typeOfAll } from '../types.ts';
import { Workspace } from '../workspace.ts';
import { angleTables } from './angles.ts';
import type { RotaryConfig } from './config.ts';
import { windowAt } from './layers.ts';
import type { RotaryNetwork } from './network.ts';

/** What all steps share. */
interface Decoding {
  readonly space: Workspace;
  readonly kernels: Kernels;
  readonly parameters: Parameters;
  readonly config: RotaryConfig;
  readonly dtype: FloatType;
  readonly slots: number;
}

/** Where the tokens of a call belong. */
interface Belonging {
  readonly rows: number;
  /** i32 [rows] */
  readonly slots: KernelBuffer;
  /** i32 [rows] */
  readonly places: KernelBuffer;
  /** [rows, rotated/2] */
  readonly cosine: KernelBuffer;
  /** [rows, rotated/2] */
  readonly sine: KernelBuffer;
}

/** out = x·Wᵀ, and + b where there is one. */
function project(
  { space, kernels, parameters, dtype }: Decoding,
  group: string,
  x: KernelBuffer,
  rows: number,
  name: string,
): KernelBuffer {
  const weight = parameters[`${group}.weight`]!;
  const [n, k] = weight.shape as [number, number];
  const out = space.take(name, dtype, rows * n);
  kernels.matmul('nt', x, weight.buffer, out, { batch: 1, m: rows, n, k });
  const bias = parameters[`${group}.bias`];
  if (bias === undefined) return out;
  const repeated = space.take(`${name}.bias`, dtype, rows * n);
  kernels.gatherStrided(bias.buffer, repeated, [rows, n], [0, 1], 0);
  kernels.binary('add', out, repeated, out);
  return out;
}

function normed(
  { space, kernels, parameters, config, dtype }: Decoding,
  group: string,
  x: KernelBuffer,
  name: string,
): KernelBuffer {
  const gamma = parameters[`${group}.weight`]!;
  const columns = gamma.size;
  const out = space.take(name, dtype, x.length);
  const sizes = { rows: x.length / columns, columns, epsilon: config.epsilon };
  kernels.rmsNorm(x, gamma.buffer, out, sizes);
  return out;
}

/** Turns the first `rotated` entries of every head in place: x [rows, heads·h]. */
function turn(
  { space, kernels, config, dtype }: Decoding,
  x: KernelBuffer,
  heads: number,
  at: Belonging,
): void {
  const { headWidth, rotated } = config;
  const sizes = { batch: 1, length: at.rows, heads, width: rotated };
  if (rotated === headWidth) {
    kernels.rotary(x, at.cosine, at.sine, x, sizes);
    return;
  }
  const part = space.take('turned', dtype, at.rows * heads * rotated);
  const [shape, strides] = [
    [at.rows * heads, rotated],
    [headWidth, 1],
  ];
  kernels.gatherStrided(x, part, shape, strides, 0);
  kernels.rotary(part, at.cosine, at.sine, part, sizes);
  kernels.scatterStrided(part, x, shape, strides, 0);
}

/** Writes heads of x, each as often as queries share it, into the columns of `parts` [rows, 3·d] from `offset`. */
function place(
  { space, kernels, config, dtype }: Decoding,
  x: KernelBuffer,
  own: number,
  parts: KernelBuffer,
  offset: number,
  rows: number,
): void {
  const { heads, headWidth } = config;
  const d = heads * headWidth;
  let wide = x;
  if (own !== heads) {
    wide = space.take('repeated', dtype, rows * d);
    kernels.gatherStrided(
      x,
      wide,
      [rows, own, heads / own, headWidth],
      [own * headWidth, headWidth, 0, 1],
      0,
    );
  }
  kernels.scatterStrided(wide, parts, [rows, d], [3 * d, 1], offset);
}

/** x ← x + attention(norm1(x)), then x ← x + mlp(norm2(x)). */
function runBlock(decoding: Decoding, layer: number, x: KernelBuffer, at: Belonging): void {
  const group = `block${layer}`;
  const { space, kernels, config, dtype, slots } = decoding;
  const { heads, keyHeads, headWidth, context, hasHeadNorms } = config;
  const { rows } = at;
  const d = heads * headWidth;
  const attention = `${group}.attention`;
  const input = normed(decoding, `${group}.norm1`, x, 'normed');
  const headsOf = (role: string): KernelBuffer => {
    const plain = project(decoding, `${attention}.${role}`, input, rows, role);
    return hasHeadNorms ? normed(decoding, `${attention}.${role}Norm`, plain, `${role}.normed`) : plain;
  };
  const [query, key] = [headsOf('query'), headsOf('key')];
  turn(decoding, query, heads, at);
  turn(decoding, key, keyHeads, at);
  const value = project(decoding, `${attention}.value`, input, rows, 'value');
  const parts = space.take('parts', dtype, rows * 3 * d);
  place(decoding, query, heads, parts, 0, rows);
  place(decoding, key, keyHeads, parts, d, rows);
  place(decoding, value, keyHeads, parts, 2 * d, rows);
  const kept = slots * context * d;
  const [keys, values] = ['keys', 'values'].map((role) => space.take(`${group}.${role}`, dtype, kept));
  const mixed = space.take('mixed', dtype, rows * d);
  const window = windowAt(config, layer);
  const sizes = {
    ...{ rows, slots, context, heads, width: headWidth },
    ...(window === undefined ? {} : { window }),
  };
  kernels.cachedAttention(parts, keys!, values!, at.slots, at.places, mixed, sizes);
  kernels.binary('add', x, project(decoding, `${attention}.output`, mixed, rows, 'added'), x);
  const inside = normed(decoding, `${group}.norm2`, x, 'normed');
  const gate = project(decoding, `${group}.mlp.gate`, inside, rows, 'gate');
  kernels.unary('silu', gate, gate);
  kernels.binary('mul', gate, project(decoding, `${group}.mlp.up`, inside, rows, 'up'), gate);
  kernels.binary('add', x, project(decoding, `${group}.mlp.down`, gate, rows, 'added'), x);
}

/**
 * A decoder on the kernels in use: it is fed token by token and gives the logits that the whole network would give, to the bit. Keys and
 * values take 2·layers·slots·context·heads·headWidth numbers: shared heads are kept as often as queries share them. The parameters must
 * live as long as the decoder.
 * @param slots how many sequences it can keep
 * @throws InputError if a parameter is missing, if the parameters have several types, or if `slots` is not an integer ≥ 1; ShapeError
 *   for a wrong shape
 */
export function rotaryDecoder(
  { config, layout }: Pick<RotaryNetwork, 'config' | 'layout'>,
  parameters: Parameters,
  slots: number,
): Decoder {
  checkLayout(layout, parameters, config.architecture);
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new InputError(`decoder: slots must be an integer ≥ 1, found ${showValue(slots)}`);
  }
  const { context, layers, width, vocabulary, rotated, tied } = config;
  const space = new Workspace(currentKernels());
  const { kernels } = space;
  const decoding: Decoding = { space, kernels, parameters, config, dtype: typeOfAll(parameters), slots };
  const { dtype } = decoding;
  const angles = angleTables(config, context);
  const tables = (['cosine', 'sine'] as const).map((name) => {
    const buffer = space.take(`${name}.table`, dtype, context * (rotated / 2));
    kernels.write(buffer, angles[name]);
    return buffer;
  });
  const belonging = ({ slots: slotOf, places }: Feed, rows: number): Belonging => {
    const at = space.put('places', places);
    const [cosine, sine] = tables.map((table, i) => {
      const rowsOf = space.take(`angles${i}`, dtype, rows * (rotated / 2));
      kernels.gather(table, at, rowsOf, rotated / 2);
      return rowsOf;
    });
    return { rows, slots: space.put('slots', slotOf), places: at, cosine: cosine!, sine: sine! };
  };
  return {
    feed(tokens): HostArray {
      const { ids, wanted } = tokens;
      const rows = ids.length;
      const at = belonging(tokens, rows);
      const embedded = parameters['embedding.token.weight']!.buffer;
      const x = space.take('x', dtype, rows * width);
      kernels.gather(embedded, space.put('ids', ids), x, width);
      for (let l = 0; l < layers; l++) runBlock(decoding, l, x, at);
      const last = space.take('last', dtype, wanted.length * width);
      kernels.gather(x, space.put('wanted', wanted), last, width);
      const head = tied ? embedded : parameters['head.weight']!.buffer;
      const logits = space.take('logits', dtype, wanted.length * vocabulary);
      const sizes = { batch: 1, m: wanted.length, n: vocabulary, k: width };
      kernels.matmul('nt', normed(decoding, 'norm', last, 'predicted'), head, logits, sizes);
      return kernels.readSync(logits);
    },
    dispose: () => space.dispose(),
  };
}
