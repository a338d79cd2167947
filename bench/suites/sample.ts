// Sampling: 64 sequences of 32 tokens from a GPT-2 with 2 layers, 4 heads, MLP 4·d and 32 tokens, one token fed at a time, f32.
import { indices, logSoftmax, reshape, type Tensor, tensor } from '../../src/autodiff/index.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import { atTemperature, decodable, type GenerationRequest, generate } from '../../src/episodes/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { type Kernels, referenceKernels } from '../../src/kernels/index.ts';
import { gpt2 } from '../../src/nn/index.ts';
import type { PeerTask } from '../peer.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { disposeAll, hostValues, onKernels } from './engine.ts';
import { configOf } from './step.ts';

/** Sequences. */
const ROWS = 64;
/** Tokens drawn in each: the prompt and all drawn ones but the last fill the context. */
const DRAWS = 32;
/** The one token of every prompt. */
const PROMPT = 0;

/** What a log-probability in f32 may be off by, and a boundary between two tokens in the interval that a draw inverts. */
const TOLERANCE = 1e-5;

function streams(): RandomStream[] {
  return Array.from({ length: ROWS }, (_, row) => randomStream(1, 'row', row));
}

/** The numbers that the draws invert, [ROWS, DRAWS]. */
function uniforms(): Float64Array {
  return Float64Array.from(streams().flatMap((s) => Array.from({ length: DRAWS }, () => s.uniform())));
}

/** Parameters as at the beginning of a training, on the kernels in use. */
function parametersOf(width: number): Record<string, Tensor> {
  return gpt2(configOf(width)).initial(randomStream(1, 'step'), 'f32');
}

/** Float operations of the products of a rollout, in 10⁹: per token 24·d² a block, 4·d for each place it sees, 2·d·V for the head. */
function sampleWork(width: number): number {
  const { layers, vocabulary } = configOf(width);
  const token = layers * (24 * width ** 2 + 4 * width * ((DRAWS + 1) / 2)) + 2 * width * vocabulary;
  return ROWS * DRAWS * token * 1e-9;
}

/** log π of every token at every place of these sequences [ROWS · DRAWS · V]: one pass over whole sequences, in float64. */
function wholeLogProbs(width: number, tokens: readonly number[]): Float64Array {
  const model = gpt2(configOf(width));
  const ids = tokens.map((_, i) => (i % DRAWS === 0 ? PROMPT : tokens[i - 1]!));
  return onKernels(loadWasmKernelsSync({ threads: 1 }), () => {
    const exact = Object.entries(parametersOf(width)).map(([path, parameter]) => {
      return [path, tensor(parameter.readSync(), { shape: parameter.shape, dtype: 'f64' })];
    });
    const logits = model.logits(Object.fromEntries(exact), reshape(indices(ids), [ROWS, DRAWS]));
    return hostValues(logSoftmax(logits));
  });
}

/** How far u lies outside the interval that belongs to a token. */
function distance(u: number, logProbs: Float64Array, token: number): number {
  let below = 0;
  for (let i = 0; i < token; i++) below += Math.exp(logProbs[i]!);
  return Math.max(0, below - u, u - below - Math.exp(logProbs[token]!));
}

/** Whether `found`, tokens and then their log-probabilities, is what a plain sampler draws by inverting the uniform numbers. */
function judgeDraws(width: number, found: ArrayLike<number>): number {
  const { vocabulary } = configOf(width);
  const count = ROWS * DRAWS;
  const tokens = Array.from(found).slice(0, count);
  const exist = tokens.every((token) => Number.isInteger(token) && token >= 0 && token < vocabulary);
  if (found.length !== 2 * count || !exist) return Number.POSITIVE_INFINITY;
  const expected = wholeLogProbs(width, tokens);
  const numbers = uniforms();
  let worst = 0;
  for (const [i, token] of tokens.entries()) {
    const here = expected.subarray(i * vocabulary, (i + 1) * vocabulary);
    const error = Math.max(Math.abs(found[count + i]! - here[token]!), distance(numbers[i]!, here, token));
    if (!(error <= worst)) worst = error;
  }
  return worst / TOLERANCE;
}

function prepare(kernels: Kernels, width: number): PreparedCase {
  const model = gpt2(configOf(width));
  const parameters = onKernels(kernels, () => parametersOf(width));
  const choice = { tokens: Array.from({ length: model.config.vocabulary }, (_, i) => i), keep: false };
  const run = (): ReturnType<typeof generate> =>
    onKernels(kernels, () => {
      const request: GenerationRequest = {
        prompts: Array.from({ length: ROWS }, () => [PROMPT]),
        streams: streams(),
        drawing: atTemperature(1),
        next: (_row, drawn) => (drawn.length < DRAWS ? choice : undefined),
        together: ROWS,
      };
      return generate(decodable(model, parameters), request);
    });
  return {
    run,
    output() {
      const rows = run();
      return [...rows.flatMap(({ tokens }) => tokens), ...rows.flatMap(({ logProbs }) => logProbs)];
    },
    judge: () => (found) => judgeDraws(width, found),
    release: () => disposeAll(parameters),
  };
}

function peerTask(width: number): PeerTask {
  const { vocabulary, context, layers, heads } = configOf(width);
  const parameters = onKernels(referenceKernels(), () =>
    Object.entries(parametersOf(width)).map(([path, parameter]) => [
      path,
      { shape: parameter.shape, values: parameter.readSync() as Float32Array },
    ]),
  );
  return {
    op: 'sample',
    config: { vocabulary, context, width, layers, heads },
    batch: ROWS,
    prompt: PROMPT,
    parameters: Object.fromEntries(parameters),
    uniforms: uniforms(),
  };
}

function sampleCase(width: number): BenchCase {
  const work = sampleWork(width);
  const name = `f32 d=${width}`;
  return {
    name,
    measure: { unit: 'GFLOP/s', work, ceiling: (gflops) => gflops },
    prepare: (kernels) => prepare(kernels, width),
    peerTask: () => peerTask(width),
    derive: () => [{ name: `${name} tokens`, unit: 'token/s', factor: (ROWS * DRAWS) / work }],
  };
}

/** Names: the width d. The row beside it: tokens a second. */
export const sample: Suite = {
  name: 'sample',
  sentence: `${ROWS} sequences of ${DRAWS} tokens drawn from a small GPT-2 with kept keys and values, one row per width`,
  cases: [64, 128, 256].map(sampleCase),
  ceilingHow: 'sample: counts the products only; drawing, norms, gelu and softmax come on top',
  explain: () => [
    'The public sampler: rollout, which feeds all rows together and keeps their keys and values; outside the graph, no op is recorded.',
    'Query, key and value are one product; attention of one position is a kernel of its own; a token is drawn in float64 on the host.',
  ],
};
