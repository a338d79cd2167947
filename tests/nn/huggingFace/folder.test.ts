// The tensors of a GPT-2 file ↔ parameters: names, fused weights, tied heads; and an independent reader with plain loops
// computes the same logits from what we write.
import { beforeAll, describe, expect, test } from 'vitest';
import { type FloatType, type Parameters, type Tensor, zeros } from '../../../src/autodiff/index.ts';
import { InputError } from '../../../src/base/errors.ts';
import {
  formatGpt2Files,
  type Gpt2Config,
  gpt2,
  parseGpt2Config,
  parseGpt2Weights,
  type StoredFloat,
  type TensorToWrite,
  writeSafetensors,
} from '../../../src/nn/index.ts';
import { currentKernels } from '../../../src/tensor/backend.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import {
  CONFIGS,
  fileValues,
  idsTensor,
  randomIds,
  relativeDifference,
  showConfig,
  spreadParameters,
} from '../models.ts';
import { plainGpt2 } from '../plainGpt2.ts';
import { readFileIndependently } from './files.ts';

beforeAll(chooseKernels);

interface Written {
  readonly config: string;
  readonly weights: Uint8Array;
}

function write(given: Gpt2Config, parameters: Parameters, type: StoredFloat): Written {
  const files = formatGpt2Files(gpt2(given).config, parameters, type);
  return { config: files.config, weights: new Uint8Array(Buffer.concat([...files.weights])) };
}

function read({ config, weights }: Written, dtype: FloatType): Record<string, Tensor> {
  return parseGpt2Weights(weights, parseGpt2Config(config, 'c'), 'm', dtype);
}

const valuesOf = (parameters: Parameters): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parameters).map(([path, x]) => [path, [x.shape, x.readSync()]]));

describe.each(CONFIGS.map((config) => [showConfig(config), config] as const))('%s', (_, given) => {
  const model = gpt2(given);

  test.each([
    ['f64', 'F64'],
    ['f32', 'F32'],
    ['f32', 'F64'],
  ] as const)('%s parameters come back unchanged from %s', (dtype, type) => {
    const parameters = spreadParameters(model, 1, dtype);
    expect(valuesOf(read(write(given, parameters, type), dtype))).toEqual(valuesOf(parameters));
  });

  test.each([
    ['F16', 2 ** -11, 2 ** -25],
    ['BF16', 2 ** -8, 2 ** -134],
  ] as const)('%s rounds once', (type, relative, absolute) => {
    const parameters = spreadParameters(model, 1, 'f64');
    const once = read(write(given, parameters, type), 'f64');
    for (const [path, x] of Object.entries(once)) {
      const before = parameters[path]!.readSync();
      const worst = x.readSync().map((v, i) => {
        const error = Math.abs(v - before[i]!);
        return error <= Math.max(relative * Math.abs(before[i]!), absolute) ? 0 : error;
      });
      expect(Math.max(...worst), path).toBe(0);
    }
    expect(valuesOf(read(write(given, once, type), 'f64'))).toEqual(valuesOf(once));
    expect(valuesOf(once)).not.toEqual(valuesOf(parameters));
  });

  test('an independent reader and plain loops get the same logits from the file', () => {
    const parameters = spreadParameters(model, 2, 'f64');
    const { weights } = write(given, parameters, 'F64');
    const { tensors, metadata } = readFileIndependently(weights);
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.has('lm_head.weight')).toBe(!given.tied);
    const values: Record<string, Float64Array> = {};
    for (const [name, tensor] of tensors) values[name.replace(/^transformer\./, '')] = tensor.values;
    const ids = randomIds(given.vocabulary, 2, 7, 4);
    const plain = plainGpt2(model.config, values, ids, ids);
    const found = model.logits(parameters, idsTensor(ids)).readSync();
    const expected = plain.logits.flatMap((sequence) => sequence.flatMap((row) => [...row]));
    expect(relativeDifference(found, expected)).toBeLessThan(1e-10);
  });
});

describe('files that others wrote', () => {
  const given = CONFIGS[2]!;
  const model = gpt2(given);
  const config = model.config;

  /** The file of a model by names, to be changed. */
  function content(seed = 1): Map<string, TensorToWrite> {
    const parameters = spreadParameters(model, seed, 'f64');
    const { tensors } = readFileIndependently(write(given, parameters, 'F64').weights);
    return new Map([...tensors].map(([name, { shape, values }]) => [name, { shape, values: () => values }]));
  }

  function parse(tensors: ReadonlyMap<string, TensorToWrite>): Record<string, Tensor> {
    const bytes = new Uint8Array(Buffer.concat([...writeSafetensors(tensors, 'F64')]));
    return parseGpt2Weights(bytes, config, 'm.safetensors', 'f64');
  }

  const filled = (shape: number[], value: number): TensorToWrite => ({
    shape,
    values: () => new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value),
  });
  const expected = (): Record<string, unknown> => valuesOf(spreadParameters(model, 1, 'f64'));

  test('without prefix, with mask buffers, with a tied head stored twice', () => {
    const tensors = new Map(
      [...content()].map(([name, tensor]) => [name.replace(/^transformer\./, ''), tensor]),
    );
    expect(valuesOf(parse(tensors))).toEqual(expected());
    tensors.set('h.0.attn.bias', filled([1, 1, 9, 9], 1));
    tensors.set('h.1.attn.masked_bias', filled([], -1e4));
    tensors.set('lm_head.weight', tensors.get('wte.weight')!);
    expect(valuesOf(parse(tensors))).toEqual(expected());
  });

  test('each parameter is the part of the file that Hugging Face takes it from', () => {
    const parameters = parse(content());
    const file = fileValues(parameters, given.layers);
    for (const [name, tensor] of content()) {
      expect(file[name.replace(/^transformer\./, '')], name).toEqual(tensor.values());
    }
  });

  test.each<[string, (tensors: Map<string, TensorToWrite>) => void, string]>([
    [
      'a missing tensor',
      (t) => t.delete('transformer.h.1.mlp.c_fc.bias'),
      'm.safetensors: the tensor "h.1.mlp.c_fc.bias" is missing',
    ],
    [
      'an unknown tensor',
      (t) => t.set('transformer.h.2.ln_1.weight', filled([8], 0)),
      'm.safetensors: unknown tensor "transformer.h.2.ln_1.weight" (did you mean "h.0.ln_1.weight"?)',
    ],
    [
      'a wrong shape',
      (t) => t.set('transformer.ln_f.bias', filled([4, 2], 0)),
      'm.safetensors: tensor "transformer.ln_f.bias" must have shape [8], found [4, 2]',
    ],
    [
      'weights as nn.Linear would store them',
      (t) => t.set('transformer.h.0.mlp.c_fc.weight', filled([32, 8], 0)),
      'must have shape [8, 32], found [32, 8]',
    ],
    [
      'a name with and without prefix',
      (t) => t.set('ln_f.bias', filled([8], 0)),
      'm.safetensors: "ln_f.bias" is there with and without "transformer."',
    ],
    [
      'a tied head with other values',
      (t) => t.set('lm_head.weight', filled([11, 8], 0)),
      'm.safetensors: "lm_head.weight" differs from "transformer.wte.weight", but the config ties them',
    ],
  ])('%s is refused', (_, change, message) => {
    const tensors = content();
    expect(() => parse(tensors)).not.toThrow();
    change(tensors);
    expect(() => parse(tensors)).toThrow(
      new InputError(message.startsWith('m.') ? message : messageOf(tensors)),
    );
    expect(messageOf(tensors)).toContain(message);
  });

  function messageOf(tensors: ReadonlyMap<string, TensorToWrite>): string {
    try {
      parse(tensors);
      return 'nothing thrown';
    } catch (error) {
      return (error as Error).message;
    }
  }

  test('an own head must be there', () => {
    const bytes = new Uint8Array(Buffer.concat([...writeSafetensors(content(), 'F64')]));
    expect(() => parseGpt2Weights(bytes, { ...config, tied: false }, 'm')).toThrow(
      'm: the tensor "lm_head.weight" is missing',
    );
  });

  test('a config that promises more layers than memory holds ends at the first that is missing', () => {
    const bytes = new Uint8Array(Buffer.concat([...writeSafetensors(content(), 'F64')]));
    expect(() => parseGpt2Weights(bytes, { ...config, layers: 1e15 }, 'm')).toThrow(
      'm: the tensor "h.2.ln_1.weight" is missing',
    );
  });

  test('a tensor of integers is refused, and what was read before it freed', () => {
    const bytes = new Uint8Array(Buffer.concat([...writeSafetensors(content(), 'F64')]));
    // In place, so that everything else stays: F64 and I64 are equally long.
    const text = Buffer.from(bytes).toString('latin1');
    const at = text.indexOf('F64', text.indexOf('transformer.ln_f.weight'));
    bytes.set(Buffer.from('I64'), at);
    const before = currentKernels().memory().buffers;
    expect(() => parseGpt2Weights(bytes, config, 'm')).toThrow(
      new InputError('m: tensor "transformer.ln_f.weight" must be of type F64, F32, F16 or BF16, found I64'),
    );
    expect(currentKernels().memory().buffers).toBe(before);
  });

  test('nothing is written for parameters that do not fit', () => {
    const { 'norm.bias': _, ...rest } = spreadParameters(model, 1, 'f64');
    expect(() => write(given, rest, 'F32')).toThrow('there is no parameter "norm.bias"');
    expect(() => write(given, { ...rest, 'norm.bias': zeros([1]) }, 'F32')).toThrow('must have shape [8]');
  });
});
