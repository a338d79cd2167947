// Small models with a batch of responses and an objective on it, for the tests of attribution.
import {
  denseReducer,
  type Groups,
  labelsOf,
  type ResponseBatch,
  tokenGradients,
  tokenLogProbsOf,
} from '../../../src/attribution/index.ts';
import { forEachRange } from '../../../src/attribution/model/groups.ts';
import type { FloatType, Tensor } from '../../../src/autodiff/index.ts';
import type { RawOptions } from '../../../src/base/options.ts';
import { randomStream } from '../../../src/base/random.ts';
import { gpt2, type Network, rotaryNetwork, weightsInMemory } from '../../../src/nn/index.ts';
import { getObjective, type TokenBatch } from '../../../src/objectives/index.ts';

const V = 11;

/** A GPT-2 with two heads and two blocks. */
export const smallGpt2: Network = gpt2({
  vocabulary: V,
  context: 12,
  width: 8,
  layers: 2,
  heads: 2,
  tied: true,
});

/** A Qwen2 whose four heads share two of keys and values. */
export const smallQwen2: Network = rotaryNetwork({
  architecture: 'qwen2',
  vocabulary: V,
  context: 12,
  width: 8,
  layers: 2,
  heads: 4,
  keyHeads: 2,
  headWidth: 2,
  inner: 12,
  epsilon: 1e-6,
  theta: 10_000,
  scaling: { kind: 'none' },
  rotated: 2,
  hasBiases: true,
  hasOutputBias: false,
  hasHeadNorms: false,
  windowFrom: 2,
  tied: true,
});

/** Six responses of two lengths in two rectangles, each of two attempts with a decision after the first; two groups. */
function responses(): ResponseBatch &
  Pick<TokenBatch, 'component' | 'attempt' | 'mask' | 'reward' | 'group'> {
  const random = randomStream(5, 'responses');
  const draw = (n: number): Int32Array => Int32Array.from({ length: n }, () => random.integer(V));
  const inputs = [
    { ids: draw(3 * 6), length: 6 },
    { ids: draw(3 * 9), length: 9 },
  ];
  const [prompt, lengths] = [2, [5, 5, 5, 8, 8, 7]];
  const offsets = Int32Array.from([0, ...lengths]);
  for (let i = 1; i < offsets.length; i++) offsets[i]! += offsets[i - 1]!;
  const rows: number[] = [];
  lengths.forEach((n, i) => {
    const start = i < 3 ? i * 6 : 18 + (i - 3) * 9;
    for (let j = 0; j < n; j++) rows.push(start + prompt - 1 + j);
  });
  const N = offsets.at(-1)!;
  const place = (t: number): number => t - offsets[offsets.findLastIndex((o) => o <= t)]!;
  return {
    inputs,
    offsets,
    rows: Int32Array.from(rows),
    targets: draw(N),
    component: Uint8Array.from({ length: N }, (_, t) => (place(t) === 2 ? 1 : 0)),
    attempt: Int32Array.from({ length: N }, (_, t) => (place(t) > 2 ? 1 : 0)),
    mask: Uint8Array.from({ length: N }, (_, t) => (t === 4 ? 0 : 1)),
    reward: Float64Array.of(1, 0, 0.5, 0, 1, 0),
    group: Int32Array.of(0, 0, 0, 1, 1, 1),
  };
}

/** A network with larger weights than at the beginning of training, so that nothing is nearly linear. */
export function parametersOf(network: Network, dtype: FloatType = 'f64'): Record<string, Tensor> {
  return network.initial(randomStream(3, 'model'), dtype);
}

/** A batch, the passes of a model at it, and the labels of an objective. */
export async function smallCase(
  network: Network,
  name = 'grpo',
  options: RawOptions = { beta: 0.5 },
  dtype: FloatType = 'f64',
) {
  const { component, attempt, mask, reward, group, ...tokens } = responses();
  const parameters = parametersOf(network, dtype);
  const weights = weightsInMemory(parameters);
  const logProb = await tokenLogProbsOf(network, weights, tokens);
  const random = randomStream(7, 'reference');
  const batch: TokenBatch = {
    offsets: tokens.offsets,
    component,
    attempt,
    mask,
    reward,
    group,
    logProb,
    oldLogProb: logProb,
    refLogProb: logProb.map((x) => x + 0.5 * random.normal()),
  };
  const objective = getObjective(name);
  const chosen = objective.parseOptions(options);
  const labels = labelsOf(objective, batch, chosen, { names: ['sample', 'decision'], of: component });
  return { network, tokens, parameters, weights, batch, objective, options: chosen, labels };
}

/** A gradient with respect to all parameters, end to end in the order of the layout. */
export async function gradientOf(
  { network, weights, tokens }: Pick<Awaited<ReturnType<typeof smallCase>>, 'network' | 'weights' | 'tokens'>,
  seeds: Float64Array,
): Promise<Float64Array> {
  const dense = denseReducer();
  await tokenGradients(network, weights, tokens, { all: seeds }, [dense]);
  const found = dense.result().all!;
  return Float64Array.from(network.layout.flatMap(({ path }) => [...found[path]!.values]));
}

/** The part of such a gradient that belongs to a group, and 0 elsewhere. */
export function restricted(
  network: Network,
  gradient: Float64Array,
  { slices }: Groups,
  group: number,
): Float64Array {
  const out = new Float64Array(gradient.length);
  let start = 0;
  for (const { path, shape } of network.layout) {
    for (const slice of slices) {
      if (slice.path !== path || slice.group !== group) continue;
      forEachRange(shape, slice, (from, to) =>
        out.set(gradient.subarray(start + from, start + to), start + from),
      );
    }
    start += shape.reduce((a, b) => a * b, 1);
  }
  return out;
}

/** ⟨a, b⟩. */
export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, e) => sum + x * b[e]!, 0);
}
