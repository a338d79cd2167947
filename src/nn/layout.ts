// Which parameters a GPT-2 has: path, shape, and how each begins. A path is a group (`block0.attention.query`) and a name.
import type { Parameters, Shape } from '../autodiff/index.ts';
import { InputError, ShapeError, showShape } from '../base/errors.ts';
import { sameShape } from '../tensor/shape.ts';
import type { CompleteGpt2Config } from './config.ts';

/** How a parameter begins: with all values equal, or normally distributed with mean 0. */
export type Initial = { readonly value: number } | { readonly deviation: number };

/** One parameter. */
export interface ParameterSpec {
  /** Group and name, such as `block0.attention.query.weight`. */
  readonly path: string;
  readonly shape: Shape;
  readonly initial: Initial;
}

/** σ of GPT-2's weights. */
const DEVIATION = 0.02;

function normed(group: string, width: number): ParameterSpec[] {
  return [
    { path: `${group}.weight`, shape: [width], initial: { value: 1 } },
    { path: `${group}.bias`, shape: [width], initial: { value: 0 } },
  ];
}

function linear(group: string, from: number, to: number, deviation: number): ParameterSpec[] {
  return [
    { path: `${group}.weight`, shape: [from, to], initial: { deviation } },
    { path: `${group}.bias`, shape: [to], initial: { value: 0 } },
  ];
}

/** What the 2·layers residual additions begin with: σ/√(2·layers), so that their sum does not grow with depth. */
function residualDeviation(layers: number): number {
  return DEVIATION / Math.sqrt(2 * layers);
}

function block(group: string, { width, inner, layers }: CompleteGpt2Config): ParameterSpec[] {
  const residual = residualDeviation(layers);
  return [
    ...normed(`${group}.norm1`, width),
    ...linear(`${group}.attention.query`, width, width, DEVIATION),
    ...linear(`${group}.attention.key`, width, width, DEVIATION),
    ...linear(`${group}.attention.value`, width, width, DEVIATION),
    ...linear(`${group}.attention.output`, width, width, residual),
    ...normed(`${group}.norm2`, width),
    ...linear(`${group}.mlp.up`, width, inner, DEVIATION),
    ...linear(`${group}.mlp.down`, inner, width, residual),
  ];
}

/**
 * The parameters of a GPT-2 in the order in which the network uses them. Weights are [in, out]; embeddings and an untied head are
 * [rows, d].
 * Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
 * @example
 * ```ts
 * import { completeConfig, gpt2Layout } from 'gradsplit/nn';
 * const config = completeConfig({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });
 * const paths = gpt2Layout(config).map(({ path }) => path);
 * paths.slice(0, 3); // → ['embedding.token.weight', 'embedding.position.weight', 'block0.norm1.weight']
 * ```
 */
export function gpt2Layout(config: CompleteGpt2Config): readonly ParameterSpec[] {
  const { vocabulary, context, width, layers, tied } = config;
  const table = (path: string, rows: number): ParameterSpec => ({
    path,
    shape: [rows, width],
    initial: { deviation: DEVIATION },
  });
  return [
    table('embedding.token.weight', vocabulary),
    table('embedding.position.weight', context),
    ...Array.from({ length: layers }, (_, l) => block(`block${l}`, config)).flat(),
    ...normed('norm', width),
    ...(tied ? [] : [table('head.weight', vocabulary)]),
  ];
}

/**
 * @param network its name in messages
 * @throws InputError if a parameter of the layout is missing; ShapeError if one has another shape
 */
export function checkLayout(
  layout: readonly ParameterSpec[],
  parameters: Parameters,
  network = 'gpt2',
): void {
  for (const { path, shape } of layout) {
    const found = parameters[path];
    if (found === undefined) throw new InputError(`${network}: there is no parameter "${path}"`);
    if (!sameShape(found.shape, shape)) {
      const expected = showShape(shape);
      throw new ShapeError(
        `${network}: parameter "${path}" must have shape ${expected}, found ${showShape(found.shape)}`,
      );
    }
  }
}
