// Which parameters a decoder with rotary positions has. Weights are [out, in], as PyTorch's linear layers store them.
import type { ParameterSpec } from '../layout.ts';
import type { RotaryConfig } from './config.ts';

/** σ of the weights at the beginning of training. */
const DEVIATION = 0.02;

function norm(group: string, width: number): ParameterSpec {
  return { path: `${group}.weight`, shape: [width], initial: { value: 1 } };
}

function linear(
  group: string,
  from: number,
  to: number,
  hasBias: boolean,
  deviation = DEVIATION,
): ParameterSpec[] {
  const weight: ParameterSpec = { path: `${group}.weight`, shape: [to, from], initial: { deviation } };
  return hasBias ? [weight, { path: `${group}.bias`, shape: [to], initial: { value: 0 } }] : [weight];
}

function block(group: string, config: RotaryConfig): ParameterSpec[] {
  const { width, inner, heads, keyHeads, headWidth, layers, hasBiases, hasOutputBias, hasHeadNorms } = config;
  const residual = DEVIATION / Math.sqrt(2 * layers);
  const [queries, keys] = [heads * headWidth, keyHeads * headWidth];
  return [
    norm(`${group}.norm1`, width),
    ...linear(`${group}.attention.query`, width, queries, hasBiases),
    ...linear(`${group}.attention.key`, width, keys, hasBiases),
    ...linear(`${group}.attention.value`, width, keys, hasBiases),
    ...(hasHeadNorms
      ? [norm(`${group}.attention.queryNorm`, headWidth), norm(`${group}.attention.keyNorm`, headWidth)]
      : []),
    ...linear(`${group}.attention.output`, queries, width, hasOutputBias, residual),
    norm(`${group}.norm2`, width),
    ...linear(`${group}.mlp.gate`, width, inner, false),
    ...linear(`${group}.mlp.up`, width, inner, false),
    ...linear(`${group}.mlp.down`, inner, width, false, residual),
  ];
}

/** The parameters one after the other: a configuration may promise more layers than memory holds. */
export function* rotarySpecs(config: RotaryConfig): Generator<ParameterSpec> {
  const { vocabulary, width, layers, tied } = config;
  const table = (path: string): ParameterSpec => ({
    path,
    shape: [vocabulary, width],
    initial: { deviation: DEVIATION },
  });
  yield table('embedding.token.weight');
  for (let l = 0; l < layers; l++) yield* block(`block${l}`, config);
  yield norm('norm', width);
  if (!tied) yield table('head.weight');
}

/** The parameters in the order in which the network uses them. Embeddings and an untied head are [vocabulary, d]. */
export function rotaryLayout(config: RotaryConfig): readonly ParameterSpec[] {
  return [...rotarySpecs(config)];
}
