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
import { openModelFolder, readModelFolder, writeModelFolder } from '../../src/host/modelFolder.ts';
import { openSafetensors } from '../../src/host/safetensorsFile.ts';
import { gpt2, readSafetensors, type Safetensors, writeSafetensors } from '../../src/nn/index.ts';
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

/** Cuts the weights of the folder into shards, as Hugging Face does, and returns the path of the index. */
async function writeShards(count: number): Promise<string> {
  const parameters = begin(1, 'f32');
  await writeModelFolder(directory, { config, parameters });
  const whole = readSafetensors(readFileSync(join(directory, 'model.safetensors')), 'whole');
  rmSync(join(directory, 'model.safetensors'));
  const names = [...whole.tensors.keys()];
  const fileOf = (i: number): string => `model-0000${(i % count) + 1}-of-0000${count}.safetensors`;
  for (let shard = 0; shard < count; shard++) {
    writeShard(
      fileOf(shard),
      names.filter((_, i) => fileOf(i) === fileOf(shard)),
      whole,
    );
  }
  const index = {
    metadata: { total_size: 4 * Object.values(parameters).reduce((sum, { size }) => sum + size, 0) },
    weight_map: Object.fromEntries(names.map((name, i) => [name, fileOf(i)])),
  };
  const path = join(directory, 'model.safetensors.index.json');
  writeFileSync(path, JSON.stringify(index));
  return path;
}

function writeShard(file: string, names: readonly string[], whole: Safetensors): void {
  const tensors = names.map((name) => {
    const { shape } = whole.tensors.get(name)!;
    return [name, { shape, values: () => whole.values(name) }] as const;
  });
  writeFileSync(join(directory, file), Buffer.concat([...writeSafetensors(new Map(tensors), 'F32')]));
}

describe('shards', () => {
  type Index = { weight_map: Record<string, unknown> };
  const changed = (path: string, change: (index: Index) => void): void => {
    const index = JSON.parse(readFileSync(path, 'utf8')) as Index;
    change(index);
    writeFileSync(path, JSON.stringify(index));
  };

  test.each([1, 2, 3])('%i of them give the parameters of one file', async (count) => {
    await writeShards(count);
    const { parameters } = readModelFolder(directory);
    expect(valuesOf(parameters)).toEqual(valuesOf(begin(1, 'f32')));
  });

  test('one file goes before an index', async () => {
    await writeShards(2);
    await writeModelFolder(directory, { config, parameters: begin(2, 'f32') });
    expect(valuesOf(readModelFolder(directory).parameters)).toEqual(valuesOf(begin(2, 'f32')));
  });

  test('a shard that is missing or cut, by its name', async () => {
    await writeShards(2);
    const path = join(directory, 'model-00002-of-00002.safetensors');
    truncateSync(path, readFileSync(path).length - 4);
    expect(() => readModelFolder(directory)).toThrow(
      /00002-of-00002\.safetensors: tensor .* should end at byte/,
    );
    rmSync(path);
    expect(() => readModelFolder(directory)).toThrow(
      `cannot read ${path}: there is no such file or directory`,
    );
  });

  test('a tensor in two shards', async () => {
    const index = await writeShards(2);
    const second = 'model-00002-of-00002.safetensors';
    const { weight_map } = JSON.parse(readFileSync(index, 'utf8')) as Index;
    const whole = readSafetensors(readFileSync(join(directory, second)), 'second');
    const [twice] = Object.keys(weight_map).filter((name) => weight_map[name] !== second);
    const first = readSafetensors(readFileSync(join(directory, String(weight_map[twice!]))), 'first');
    const both: Safetensors = {
      ...whole,
      tensors: new Map([...whole.tensors, [twice!, first.tensors.get(twice!)!]]),
      values: (name) => (name === twice ? first : whole).values(name),
    };
    writeShard(second, [...both.tensors.keys()], both);
    expect(() => readModelFolder(directory)).toThrow(
      `${index}: the tensor "${twice}" is in ${second}, but the index says that it is in model-00001-of-00002.safetensors`,
    );
  });

  test('an index that lies', async () => {
    const index = await writeShards(2);
    const name = 'transformer.wte.weight';
    const good = readFileSync(index);
    const cases: [(index: Index) => void, string][] = [
      [
        ({ weight_map: map }) => {
          map['transformer.no.weight'] = map[name];
        },
        'holds the tensor "transformer.no.weight", which it does not',
      ],
      [({ weight_map: map }) => delete map[name], 'but the index says that it is in no file'],
      [
        ({ weight_map: map }) => {
          map[name] = '../model-00001-of-00002.safetensors';
        },
        'must lie in a file beside the index',
      ],
      [
        ({ weight_map: map }) => {
          map[name] = 3;
        },
        'found 3',
      ],
      [(whole) => Object.assign(whole, { weight_map: [] }), 'found an array of 0'],
    ];
    for (const [change, message] of cases) {
      writeFileSync(index, good);
      changed(index, change);
      expect(() => readModelFolder(directory)).toThrow(message);
      expect(() => readModelFolder(directory)).toThrow(InputError);
    }
    writeFileSync(index, '[]');
    expect(() => readModelFolder(directory)).toThrow('expected an object with weight_map');
  });

  test('a large file is refused by its header alone', () => {
    const path = join(directory, 'model.safetensors');
    writeFileSync(path, new Uint8Array(8).fill(1));
    // A sparse file of 5 GB, of which nothing but the header is read.
    truncateSync(path, 5e9);
    expect(() => openSafetensors(path)).toThrow('expected a header of at most 100000000 bytes');
  });
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

  test('weights that stay narrow are those that are read; cut ones are refused when they are opened', async () => {
    await writeModelFolder(directory, { config, parameters: begin(1, 'f32') }, 'BF16');
    const { network, weights } = openModelFolder(directory, 'f64');
    expect(network.config).toEqual(config);
    const paths = network.layout.map(({ path }) => path);
    expect(valuesOf(weights.load(paths))).toEqual(valuesOf(readModelFolder(directory, 'f64').parameters));
    truncateSync(join(directory, 'model.safetensors'), 400);
    expect(() => openModelFolder(directory)).toThrow('model.safetensors');
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
    await expect(written).rejects.toThrow('expected a folder, found something else');
  });
});
