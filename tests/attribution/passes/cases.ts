// Small networks with spread parameters, and a batch of three trajectories in two rectangles, with padding.

import type { ResponseBatch } from '../../../src/attribution/index.ts';
import {
  add,
  concat,
  embedding,
  type FloatType,
  gather,
  indices,
  logSoftmax,
  matmul,
  matmulNT,
  mul,
  type Parameters,
  pick,
  reshape,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '../../../src/autodiff/index.ts';
import { randomStream } from '../../../src/base/random.ts';
import { gpt2, type Network, networkOf, rotaryNetwork } from '../../../src/nn/index.ts';
import { sizeOf } from '../../../src/tensor/shape.ts';

const VOCABULARY = 13;

function gpt(tied: boolean): Network {
  return gpt2({ vocabulary: VOCABULARY, context: 9, width: 8, layers: 2, heads: 2, tied });
}

function rotary(tied: boolean, family: 'qwen2' | 'qwen3'): Network {
  return rotaryNetwork({
    architecture: family,
    vocabulary: VOCABULARY,
    context: 9,
    width: 8,
    layers: 2,
    heads: 4,
    keyHeads: 2,
    headWidth: 4,
    inner: 10,
    epsilon: 1e-6,
    theta: 100,
    scaling: { kind: 'none' },
    rotated: 4,
    hasBiases: family === 'qwen2',
    hasOutputBias: false,
    hasHeadNorms: family === 'qwen3',
    windowFrom: 2,
    tied,
  });
}

/**
 * A network of our own: parameters that are multiplied with one another before they meet a row, as many rows of them as there are places in
 * the short batch, a table that is used twice, and a head with a scale and a bias.
 */
function own(): Network {
  const d = 6;
  const deviation = { deviation: 1 };
  const specs: readonly (readonly [path: string, shape: readonly number[]])[] = [
    ['embedding.token.weight', [VOCABULARY, d]],
    ['embedding.mix.weight', [d, d]],
    ['block0.first.weight', [d, 6]],
    ['block0.second.weight', [6, d]],
    ['block0.gain.scale', []],
    ['norm.row', [d]],
    ['norm.bias', [VOCABULARY]],
  ];
  return networkOf({
    architecture: 'own',
    config: { vocabulary: VOCABULARY, context: 9, width: d, layers: 1, tied: true },
    layout: specs.map(([path, shape]) => ({ path, shape, initial: deviation })),
    embed: (p, ids) =>
      reshape(embedding(matmul(p['embedding.token.weight']!, p['embedding.mix.weight']!), ids), [
        ids.size,
        d,
      ]),
    blocks: () => [
      (p, x) => {
        const product = matmul(p['block0.first.weight']!, p['block0.second.weight']!);
        const inside = tanh(matmul(x, product));
        const again = matmul(inside, p['block0.second.weight']!);
        return add(x, mul(again, p['block0.gain.scale']!));
      },
    ],
    head: (p, x) => {
      const table = mul(p['embedding.token.weight']!, p['norm.row']!);
      return add(matmulNT(x, table), p['norm.bias']!);
    },
  });
}

export const NETWORKS: readonly (readonly [name: string, network: Network])[] = [
  ['gpt2, tied', gpt(true)],
  ['gpt2, own head', gpt(false)],
  ['qwen2, tied', rotary(true, 'qwen2')],
  ['qwen3, own head', rotary(false, 'qwen3')],
  ['own, mixed parameters', own()],
];

/** Normal values with σ = ½; 1 is added to the gains of norms. */
export function spread({ layout }: Network, seed: number, dtype: FloatType = 'f64'): Record<string, Tensor> {
  const random = randomStream(seed, 'spread');
  return Object.fromEntries(
    layout.map(({ path, shape }) => {
      const offset = /[nN]orm\d?\.weight$/.test(path) ? 1 : 0;
      const values = Float64Array.from({ length: sizeOf(shape) }, () => offset + random.normal() / 2);
      return [path, tensor(values, { shape, dtype })];
    }),
  );
}

const random = randomStream(7, 'batch');
const drawn = (n: number): number[] => Array.from({ length: n }, () => random.integer(VOCABULARY));

/** A prompt of two or three tokens, then the response: trajectory 1 is the longest, 0 and 2 share a rectangle with padding. */
const TRAJECTORIES = [
  { prompt: drawn(2), response: drawn(3) },
  { prompt: drawn(3), response: drawn(6) },
  { prompt: drawn(3), response: drawn(3) },
];

/** A few tokens are illegal, never the targets. */
const targets = TRAJECTORIES.flatMap(({ response }) => response);
const legal = Uint8Array.from({ length: targets.length * VOCABULARY }, (_, i) =>
  i % VOCABULARY === targets[Math.floor(i / VOCABULARY)] || i % 5 !== 0 ? 1 : 0,
);

const inputOf = (b: number): number[] => {
  const { prompt, response } = TRAJECTORIES[b]!;
  return [...prompt, ...response.slice(0, -1)];
};

/** Rows 0 … 4 trajectory 0 and a place of padding, 5 … 9 trajectory 2, 10 … 17 trajectory 1. */
export const BATCH: ResponseBatch = {
  inputs: [
    { ids: Int32Array.from([...inputOf(0), 0, ...inputOf(2)]), length: 5 },
    { ids: Int32Array.from(inputOf(1)), length: 8 },
  ],
  offsets: Int32Array.of(0, 3, 9, 12),
  rows: Int32Array.of(1, 2, 3, 12, 13, 14, 15, 16, 17, 7, 8, 9),
  targets: Int32Array.from(targets),
  legal,
};

/** Two labels that meet on most tokens, and one apart. */
export const SEEDS: Readonly<Record<string, Float64Array>> = {
  policy: Float64Array.from({ length: 12 }, () => random.normal()),
  kl: Float64Array.from({ length: 12 }, (_, t) => (t % 3 === 0 ? 0 : random.normal() / 3)),
  decision: Float64Array.from({ length: 12 }, (_, t) => (t % 4 === 1 ? 0.7 : 0)),
};

/** [N] log π, written out here with logits whole and a log-softmax. */
export function plainLogProbs(network: Network, parameters: Parameters, batch: ResponseBatch): Tensor {
  const all = batch.inputs.map(({ ids, length }) => {
    const logits = network.logits(parameters, reshape(indices(ids), [ids.length / length, length]));
    return reshape(logits, [ids.length, VOCABULARY]);
  });
  const chosen = gather(concat(all, 0), indices(batch.rows));
  const closed = Float64Array.from({ length: chosen.size }, (_, i) => (batch.legal?.[i] === 0 ? -1e9 : 0));
  const masked = mul(
    chosen,
    tensor(
      closed.map((x) => (x === 0 ? 1 : 0)),
      { shape: chosen.shape, dtype: chosen.dtype },
    ),
  );
  return pick(logSoftmax(added(masked, closed)), indices(batch.targets));
}

function added(x: Tensor, values: Float64Array): Tensor {
  const both = concat([reshape(x, [1, x.size]), tensor(values, { shape: [1, x.size], dtype: x.dtype })], 0);
  return reshape(sum(both, 0), x.shape);
}

/** Σ_t s_t·log π_t. */
export function weighted(logProbs: Tensor, seeds: Float64Array): Tensor {
  return sum(mul(logProbs, tensor(seeds, { dtype: logProbs.dtype })));
}

/** The same trajectories in one rectangle. */
export const ONE_RECTANGLE: ResponseBatch = {
  ...BATCH,
  inputs: [
    { ids: Int32Array.from([0, 1, 2].flatMap((b) => [...inputOf(b), 0, 0, 0, 0].slice(0, 8))), length: 8 },
  ],
  rows: Int32Array.of(1, 2, 3, 10, 11, 12, 13, 14, 15, 18, 19, 20),
};

/** Two trajectories of three places: few rows beside the widths, so that norms and Gram matrices come from rows. */
export const SHORT: ResponseBatch = {
  inputs: [{ ids: Int32Array.from([3, 1, 4, 1, 5, 9]), length: 3 }],
  offsets: Int32Array.of(0, 2, 4),
  rows: Int32Array.of(1, 2, 4, 5),
  targets: Int32Array.of(4, 12, 9, 0),
};
