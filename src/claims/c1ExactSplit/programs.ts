// Networks with many kinds of ops, whose outputs are numbers per token: C1 asks of each what its labelled backward pass gives.
import {
  add,
  attention,
  broadcastTo,
  causalMask,
  checkpoint,
  concat,
  crossEntropy,
  gather,
  gelu,
  indices,
  layerNorm,
  linear,
  logSumExp,
  matmul,
  matmulNT,
  matmulTN,
  max,
  mul,
  neg,
  pad,
  reshape,
  scatterAdd,
  sigmoid,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  where,
} from '../../autodiff/index.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import { gpt2 } from '../../nn/index.ts';
import type { Component } from '../../policy/component.ts';
import { sizeOf } from '../../tensor/shape.ts';

/** Tensors by name. */
export type Named = Record<string, Tensor>;

/** A function of parameters to one number per token [tokens], and the component of each token. */
export interface Program {
  readonly name: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly components: readonly Component[];
  readonly output: (parameters: Named) => Tensor;
}

/** Sequences of so many positions, a decision after every two sample tokens. */
const [SEQUENCES, LENGTH, WIDTH, HEADS, VOCABULARY] = [3, 6, 4, 2, 5];
const ROWS = SEQUENCES * LENGTH;
const componentAt = (row: number): Component => ((row % LENGTH) % 3 === 2 ? 'decision' : 'sample');

function ids(random: RandomStream, count: number): Tensor {
  return indices(Int32Array.from({ length: count }, () => random.integer(VOCABULARY)));
}

/** A GPT-2 as it is trained: log-probabilities of tokens among those that are legal, at some of its positions in another order. */
export function trainedNetwork(seed: number): Program {
  const random = randomStream(seed, 'trained network');
  const model = gpt2({
    vocabulary: VOCABULARY,
    context: LENGTH,
    width: WIDTH,
    layers: 2,
    heads: HEADS,
    tied: true,
  });
  const tokens = reshape(ids(random, ROWS), [SEQUENCES, LENGTH]);
  // The last position of a sequence predicts nothing; the sequences stand in reverse.
  const chosen = Array.from({ length: ROWS }, (_, row) => row)
    .filter((row) => row % LENGTH < LENGTH - 1)
    .sort((a, b) => Math.floor(b / LENGTH) - Math.floor(a / LENGTH) || a - b);
  const targets = ids(random, chosen.length);
  const isTarget = Array.from(targets.readSync());
  const legal = tensor(
    chosen.flatMap((_, i) =>
      Array.from({ length: VOCABULARY }, (_, token) =>
        token === isTarget[i] || (token + i) % 3 > 0 ? 1 : 0,
      ),
    ),
    { shape: [chosen.length, VOCABULARY] },
  );
  return {
    name: 'a GPT-2 as it is trained',
    shapes: Object.fromEntries(model.layout.map(({ path, shape }) => [path, shape])),
    components: chosen.map(componentAt),
    output: (parameters) => {
      const logits = reshape(model.logits(parameters, tokens), [ROWS, VOCABULARY]);
      const rows = gather(logits, indices(Int32Array.from(chosen)));
      return neg(crossEntropy(where(legal, rows, -1e9), targets));
    },
  };
}

const square = [WIDTH, WIDTH];

/** Products with transposed weights, attention fused and written out, a block that is computed again, parts cut and joined. */
export function mixedNetwork(seed: number): Program {
  const random = randomStream(seed, 'mixed network');
  const tokens = ids(random, ROWS);
  const places = indices(Int32Array.from({ length: ROWS }, (_, row) => row % LENGTH));
  const back = indices(Int32Array.from({ length: ROWS }, (_, row) => ROWS - 1 - row));
  const inSequences = (x: Tensor): Tensor => reshape(x, [SEQUENCES, LENGTH, WIDTH]);
  const block = checkpoint(({ x, w }: Named) => gelu(matmul(x!, w!)));
  return {
    name: 'a network of other ops',
    shapes: {
      table: [VOCABULARY, WIDTH],
      place: [LENGTH, WIDTH],
      gamma: [WIDTH],
      beta: [WIDTH],
      query: square,
      bias: [WIDTH],
      key: square,
      value: square,
      joined: [2 * WIDTH, WIDTH],
      out: square,
    },
    components: Array.from({ length: ROWS }, (_, row) => componentAt(ROWS - 1 - row)),
    output: (p) => {
      const embedded = add(gather(p.table!, tokens), gather(p.place!, places));
      const x = layerNorm(embedded, p.gamma!, p.beta!, 0.1);
      const query = linear(x, p.query!, p.bias!);
      const key = matmul(x, transpose(p.key!));
      const value = transpose(matmul(p.value!, transpose(x)));
      const fused = attention(query, key, value, { heads: HEADS, length: LENGTH });
      const scores = causalMask(matmulNT(inSequences(query), inSequences(key)));
      const written = reshape(matmul(softmax(scores), inSequences(value)), [ROWS, WIDTH]);
      const y = block({ x: concat([fused, written], 1), w: p.joined! });
      const gated = mul(sigmoid(y), tanh(x));
      const turned = transpose(matmulTN(p.out!, transpose(gated)));
      const shifted = pad(slice(turned, [0, 1], [ROWS, WIDTH]), [0, 0], [0, 1]);
      const z = sub(shifted, broadcastTo(sum(mul(y, 0.3), 1, true), [ROWS, WIDTH]));
      const perRow = add(logSumExp(z), add(sum(mul(z, z), -1), max(y, -1)));
      return scatterAdd(perRow, back, ROWS);
    },
  };
}

/** Seeded parameters, far from any special value. */
export function parametersOf({ shapes }: Program, seed: number, purpose: string): Named {
  const random = randomStream(seed, purpose);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const centre = /norm.*weight|gamma/.test(name) ? 1 : 0;
      const values = Float64Array.from({ length: sizeOf(shape) }, () => centre + random.normal() / 2);
      return [name, tensor(values, { shape })];
    }),
  );
}
