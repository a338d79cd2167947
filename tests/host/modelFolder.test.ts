// Checkpoints on disk: written as whole files, read again, refused with the file's name.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Parameters } from '../../src/autodiff/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { randomStream } from '../../src/base/random.ts';
import { readModelFolder, writeModelFolder } from '../../src/host/modelFolder.ts';
import { gpt2 } from '../../src/nn/index.ts';
import { chooseKernels } from '../oracle/kernels.ts';

beforeAll(chooseKernels);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradsplit-checkpoint-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const { config, ...model } = gpt2({
  vocabulary: 7,
  context: 5,
  width: 6,
  layers: 2,
  heads: 2,
  tied: true,
});
const begin = (
  seed: number,
  dtype: 'f32' | 'f64',
): Record<string, ReturnType<typeof model.initial>[string]> =>
  model.initial(randomStream(seed, 'model'), dtype);
const valuesOf = (parameters: Parameters): unknown[] =>
  Object.entries(parameters).map(([path, x]) => [path, x.dtype, x.readSync()]);

test.each(['f32', 'f64'] as const)('%s parameters come back', async (dtype) => {
  const folder = join(directory, 'new', 'model');
  const parameters = begin(1, dtype);
  await writeModelFolder(folder, { config, parameters });
  expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
  const read = readModelFolder(folder, dtype);
  expect(read.config).toEqual(config);
  expect(valuesOf(read.parameters)).toEqual(valuesOf(parameters));
});

test('a smaller type takes less room, and other types are read as f32', async () => {
  const parameters = begin(1, 'f64');
  const sizes: number[] = [];
  for (const type of ['F64', 'F32', 'F16', 'BF16'] as const) {
    await writeModelFolder(directory, { config, parameters }, type);
    sizes.push(readFileSync(join(directory, 'model.safetensors')).length);
    const read = readModelFolder(directory).parameters['embedding.token.weight']!;
    expect(read.dtype).toBe('f32');
    // σ = 0.02; bfloat16 keeps 8 bits.
    expect(Math.abs(read.readSync()[0]! - parameters['embedding.token.weight']!.readSync()[0]!)).toBeLessThan(
      1e-3,
    );
  }
  expect(sizes[0]).toBeGreaterThan(sizes[1]!);
  expect(sizes[1]).toBeGreaterThan(sizes[2]!);
});

test('an older model is replaced', async () => {
  await writeModelFolder(directory, { config, parameters: begin(1, 'f64') });
  await writeModelFolder(directory, { config, parameters: begin(2, 'f64') });
  expect(valuesOf(readModelFolder(directory, 'f64').parameters)).toEqual(valuesOf(begin(2, 'f64')));
  expect(readdirSync(directory)).toHaveLength(2);
});

describe('refused', () => {
  const message = (path: string): string => {
    try {
      readModelFolder(path);
      return 'nothing thrown';
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
  };

  test('a folder that is not there, or has only one of the files', async () => {
    expect(message(join(directory, 'no'))).toBe(
      `cannot read ${join(directory, 'no', 'config.json')}: there is no such file or directory`,
    );
    await writeModelFolder(directory, { config, parameters: begin(1, 'f32') });
    rmSync(join(directory, 'model.safetensors'));
    expect(message(directory)).toContain('model.safetensors: there is no such file');
    mkdirSync(join(directory, 'model.safetensors'));
    expect(message(directory)).toContain('model.safetensors: it is not a file');
  });

  test('a truncated file, by its name', async () => {
    await writeModelFolder(directory, { config, parameters: begin(1, 'f32') });
    const path = join(directory, 'model.safetensors');
    truncateSync(path, readFileSync(path).length - 4);
    expect(message(directory)).toMatch(
      /model\.safetensors: tensor "transformer\.wte\.weight" should end at byte/,
    );
    truncateSync(path, 0);
    expect(message(directory)).toContain('expected at least 8 bytes, found 0');
  });

  test('a config that does not fit the weights', async () => {
    await writeModelFolder(directory, { config, parameters: begin(1, 'f32') });
    const path = join(directory, 'config.json');
    const changed = { ...JSON.parse(readFileSync(path, 'utf8')), vocab_size: 8 };
    writeFileSync(path, JSON.stringify(changed));
    expect(message(directory)).toContain('"transformer.wte.weight" must have shape [8, 6], found [7, 6]');
  });

  test('a place that is a file', async () => {
    const path = join(directory, 'file');
    writeFileSync(path, 'x');
    const written = writeModelFolder(join(path, 'model'), { config, parameters: begin(1, 'f32') });
    await expect(written).rejects.toThrow(InputError);
    await expect(written).rejects.toThrow('a part of the path is not a directory');
  });
});
