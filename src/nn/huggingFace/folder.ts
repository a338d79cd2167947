// A Hugging Face folder of a GPT-2, as the contents of its two files ↔ config and parameters.
import { type FloatType, scope, type Tensor, tensor } from '../../autodiff/index.ts';
import { InputError, showShape } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import { suggest } from '../../base/suggest.ts';
import { sameShape } from '../../tensor/shape.ts';
import type { CompleteGpt2Config } from '../config.ts';
import { checkLayout, gpt2Layout } from '../layout.ts';
import { formatGpt2Config } from './configJson.ts';
import { checkFinite } from './finite.ts';
import { BUFFER_NAME, type FileTensor, fileTensors, HEAD_NAME, PREFIX } from './gpt2Names.ts';
import { readSafetensors, type Safetensors, type TensorToWrite, writeSafetensors } from './safetensors.ts';
import type { StoredFloat } from './storedValues.ts';

/** Names in the file by names without prefix. */
function namesWithoutPrefix(file: Safetensors, source: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const full of file.tensors.keys()) {
    const name = full.startsWith(PREFIX) ? full.slice(PREFIX.length) : full;
    if (names.has(name)) {
      throw new InputError(`${source}: ${showValue(name)} is there with and without "${PREFIX}"`);
    }
    names.set(name, full);
  }
  return names;
}

/** The tensors that a model of these sizes needs; stops at the first that the file does not have. */
function expectedTensors(
  config: CompleteGpt2Config,
  names: ReadonlyMap<string, string>,
  source: string,
): FileTensor[] {
  const expected: FileTensor[] = [];
  for (const tensor of fileTensors(config)) {
    if (!names.has(tensor.name)) throw new InputError(`${source}: the tensor "${tensor.name}" is missing`);
    expected.push(tensor);
  }
  return expected;
}

function refuseUnknown(
  names: ReadonlyMap<string, string>,
  expected: readonly FileTensor[],
  source: string,
): void {
  const known = new Set(expected.map(({ name }) => name));
  for (const [name, full] of names) {
    // A tied head may be there a second time, under its own name.
    if (known.has(name) || BUFFER_NAME.test(name) || name === HEAD_NAME) continue;
    throw new InputError(`${source}: unknown tensor ${showValue(full)}${suggest(name, known)}`);
  }
}

/** `parts` blocks of equal width, side by side along the last axis, as arrays of their own. */
function separate<A extends Float32Array | Float64Array>(values: A, columns: number, parts: number): A[] {
  if (parts === 1) return [values];
  const rows = values.length / columns;
  const width = columns / parts;
  return Array.from({ length: parts }, (_, part) => {
    const own = values.slice(0, rows * width) as A;
    for (let r = 0; r < rows; r++) {
      const start = r * columns + part * width;
      own.set(values.subarray(start, start + width), r * width);
    }
    return own;
  });
}

function joined(parts: readonly Tensor[]): ArrayLike<number> {
  const arrays = parts.map((part) => part.readSync());
  if (arrays.length === 1) return arrays[0]!;
  const width = parts[0]!.shape.at(-1)!;
  const columns = width * parts.length;
  const all = new Float64Array(parts[0]!.size * parts.length);
  for (let i = 0; i < all.length; i++) {
    const column = i % columns;
    const row = (i - column) / columns;
    all[i] = arrays[Math.floor(column / width)]![row * width + (column % width)]!;
  }
  return all;
}

/** In a tied model that stores its head all the same, the head must be the token embedding. */
function checkTiedHead(file: Safetensors, embedding: string, source: string): void {
  const head = file.values(HEAD_NAME);
  const tokens = file.values(embedding);
  if (head.length === tokens.length && head.every((x, i) => Object.is(x, tokens[i]))) return;
  throw new InputError(`${source}: "${HEAD_NAME}" differs from "${embedding}", but the config ties them`);
}

/** In the order of the layout, as a fresh model has them. */
function inOrder(
  parameters: Readonly<Record<string, Tensor>>,
  config: CompleteGpt2Config,
): Record<string, Tensor> {
  return Object.fromEntries(gpt2Layout(config).map(({ path }) => [path, parameters[path]!]));
}

function parametersIn(
  file: Safetensors,
  expected: readonly FileTensor[],
  names: ReadonlyMap<string, string>,
  source: string,
  dtype: FloatType,
): Record<string, Tensor> {
  const parameters: Record<string, Tensor> = {};
  for (const { name, shape, parts } of expected) {
    const columns = shape.at(-1)!;
    const stored = names.get(name)!;
    const values = file.values(stored);
    checkFinite(values, `${source}: tensor ${showValue(stored)}`);
    const arrays = separate(values, columns, parts.length);
    const own = [...shape.slice(0, -1), columns / parts.length];
    for (const [i, path] of parts.entries()) parameters[path] = tensor(arrays[i]!, { shape: own, dtype });
  }
  return parameters;
}

/**
 * The parameters in a model.safetensors, or in the shards of one. Names may begin with `transformer.`; the causal-mask buffers of old files are skipped.
 * @param weights the bytes of the file, or the file opened
 * @param config what config.json gave
 * @param source the name of the file in messages
 * @param dtype of the parameters; values are rounded to it
 * @throws InputError naming the tensor that is missing, unknown, of a wrong shape or type, or not finite; or if the file is damaged
 */
export function parseGpt2Weights(
  weights: Uint8Array | Safetensors,
  config: CompleteGpt2Config,
  source: string,
  dtype: FloatType = 'f32',
): Record<string, Tensor> {
  const file = weights instanceof Uint8Array ? readSafetensors(weights, source) : weights;
  const names = namesWithoutPrefix(file, source);
  const expected = expectedTensors(config, names, source);
  refuseUnknown(names, expected, source);
  for (const { name, shape } of expected) {
    const found = file.tensors.get(names.get(name)!)!;
    if (!sameShape(found.shape, shape)) {
      const shapes = `must have shape ${showShape(shape)}, found ${showShape(found.shape)}`;
      throw new InputError(`${source}: tensor "${names.get(name)}" ${shapes}`);
    }
  }
  if (config.tied && file.tensors.has(HEAD_NAME)) checkTiedHead(file, names.get('wte.weight')!, source);
  // A scope frees what was made before a tensor that cannot be read.
  return scope(() => inOrder(parametersIn(file, expected, names, source, dtype), config));
}

/** The contents of the two files of a checkpoint folder. */
export interface Gpt2Files {
  /** Text of config.json. */
  readonly config: string;
  /** Bytes of model.safetensors in pieces, made while they are asked for. */
  readonly weights: Iterable<Uint8Array>;
}

/**
 * The files of a model, for Hugging Face's GPT2LMHeadModel.
 * @param type of the stored values, which are rounded to nearest, ties to even
 * @throws InputError or ShapeError if a parameter is missing or has a wrong shape
 */
export function formatGpt2Files(
  config: CompleteGpt2Config,
  parameters: Readonly<Record<string, Tensor>>,
  type: StoredFloat,
): Gpt2Files {
  checkLayout(gpt2Layout(config), parameters);
  const tensors = [...fileTensors(config)].map(({ name, shape, parts }): [string, TensorToWrite] => [
    name === HEAD_NAME ? name : `${PREFIX}${name}`,
    { shape, values: () => joined(parts.map((path) => parameters[path]!)) },
  ]);
  return { config: formatGpt2Config(config, type), weights: writeSafetensors(new Map(tensors), type) };
}
