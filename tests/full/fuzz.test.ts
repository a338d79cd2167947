// 100 000 damaged inputs over everything that reads a file: each is read, or refused with an InputError of one line that names its
// source. No other exception, no hang, no damaged value that is believed to be of another shape.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBenchResult } from '../../bench/read.ts';
import { scope } from '../../src/autodiff/index.ts';
import { InputError } from '../../src/base/errors.ts';
import { parseJson } from '../../src/base/jsonText.ts';
import { type RandomStream, randomStream } from '../../src/base/random.ts';
import { ending } from '../../src/cli/ending.ts';
import { readTrained } from '../../src/experiments/run/readTrained.ts';
import { formatGpt2Files, gpt2, parseGpt2Config, parseGpt2Weights } from '../../src/nn/index.ts';
import { parsePolicy, policyChunks } from '../../src/policy/format.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { getTask } from '../../src/tasks/index.ts';
import { parseConfig } from '../../src/training/index.ts';
import { inProcess } from '../cli/inProcess.ts';
import { gradsplit } from '../cli/run.ts';
import { chooseKernels } from '../oracle/kernels.ts';
import { TINY } from '../training/runs.ts';
import { damagedBytes, damagedText } from './mutations.ts';

beforeAll(chooseKernels);

const directory = mkdtempSync(join(tmpdir(), 'gradsplit-fuzz-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SOURCE = 'damaged.file';

/** Reads so many damaged inputs; gives how many were accepted and refused. */
async function survive(
  count: number,
  seed: number,
  read: (random: RandomStream) => unknown,
  source = SOURCE,
): Promise<{ accepted: number; refused: number }> {
  const outcome = { accepted: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, 'fuzz', i);
    try {
      await read(random);
      outcome.accepted++;
    } catch (error) {
      if (!(error instanceof InputError)) throw new Error(`input ${i} of seed ${seed}`, { cause: error });
      const { exitCode, message } = ending(error, false);
      expect(exitCode).toBe(2);
      expect(message, `input ${i} of seed ${seed}`).toContain(source);
      expect(message).not.toMatch(/\p{Cc}|undefined|\[object/u);
      outcome.refused++;
    }
  }
  return outcome;
}

/** Most damaged inputs are refused, and a few still mean something. */
function expectBoth({ accepted, refused }: { accepted: number; refused: number }): void {
  expect(refused).toBeGreaterThan(accepted);
  expect(accepted).toBeGreaterThan(0);
}

describe('texts and bytes', () => {
  const policy = [...policyChunks(randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 1))].join('');
  const network = gpt2({ vocabulary: 5, context: 8, width: 8, layers: 1, heads: 2, tied: true });

  test('policies', async () => {
    expectBoth(await survive(30_000, 1, (random) => parsePolicy(damagedText(policy, random), SOURCE)));
  });

  test('configurations of training', async () => {
    const text = JSON.stringify(TINY);
    expectBoth(
      await survive(25_000, 2, (random) => parseConfig(parseJson(damagedText(text, random), SOURCE), SOURCE)),
    );
  });

  test('questions of a task', async () => {
    const text = [1, 2, 3, 4].map((n) => `{"prompt": "${n}+1", "answer": "${n + 1}"}\n`).join('');
    expectBoth(
      await survive(12_000, 3, (random) => {
        const file = { text: damagedText(text, random), source: SOURCE };
        return getTask('jsonl').create({ heldOut: 0.5, splitSeed: 1 }, file);
      }),
    );
  });

  test('a model: config.json and model.safetensors', async () => {
    const model = scope(() => {
      const files = formatGpt2Files(network.config, network.initial(randomStream(1, 'model'), 'f32'), 'F32');
      return { config: files.config, weights: Buffer.concat([...files.weights]) };
    });
    expectBoth(
      await survive(10_000, 4, (random) => parseGpt2Config(damagedText(model.config, random), SOURCE)),
    );
    const config = parseGpt2Config(model.config, SOURCE);
    const headerLength = Number(model.weights.readBigUInt64LE(0));
    expectBoth(
      await survive(10_000, 5, (random) =>
        scope(() => {
          parseGpt2Weights(damagedBytes(model.weights, random, headerLength), config, SOURCE, 'f32');
        }),
      ),
    );
  });

  test('results of the benchmark', async () => {
    const { stdout } = gradsplit(['bench', 'tree', '--json', '-']);
    expectBoth(
      await survive(5000, 6, (random) =>
        readBenchResult(parseJson(damagedText(stdout, random), SOURCE), SOURCE),
      ),
    );
  });
});

describe('the files of a run', () => {
  const run = join(directory, 'run');
  const config = join(directory, 'config.json');
  let files: string[] = [];

  beforeAll(() => {
    writeFileSync(config, JSON.stringify(TINY));
    expect(gradsplit(['train', '--config', config, '--out', run]).code).toBe(0);
    files = (readdirSync(run, { recursive: true }) as string[]).filter((path) =>
      /\.(json|jsonl|safetensors)$/.test(path),
    );
    expect(files.length).toBeGreaterThan(4);
  });

  /** A copy of the run with one damaged file. */
  function damagedRun(random: RandomStream): string {
    const copy = join(directory, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(run, copy, { recursive: true });
    const path = join(copy, files[random.integer(files.length)]!);
    const whole = readFileSync(path);
    const isWeights = path.endsWith('.safetensors');
    const headerLength = isWeights ? Number(whole.readBigUInt64LE(0)) : 0;
    const damaged = isWeights
      ? damagedBytes(whole, random, headerLength)
      : damagedText(whole.toString(), random);
    writeFileSync(path, damaged);
    return copy;
  }

  test('as a trained policy', async () => {
    const outcome = await survive(
      6000,
      7,
      async (random) => {
        const { parameters } = await readTrained(damagedRun(random), {
          what: 'test',
          count: 1,
          entry: 'count',
        });
        for (const parameter of Object.values(parameters)) parameter.dispose();
      },
      'copy',
    );
    expect(outcome.refused).toBeGreaterThan(0);
  });

  test('as a run that goes on', async () => {
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      const copy = damagedRun(randomStream(8, 'fuzz', i));
      const { code, stdout, stderr } = await inProcess([
        'train',
        '--config',
        config,
        '--out',
        copy,
        '--resume',
      ]);
      expect([0, 2], `input ${i}: ${stderr}`).toContain(code);
      if (code === 2) {
        refused++;
        expect(stdout).toBe('');
        expect(stderr).toContain('copy');
      }
    }
    expect(refused).toBeGreaterThan(0);
  });
});

test('command lines', async () => {
  const policy = join(directory, 'policy.json');
  expect(
    gradsplit(['policy', 'new', '--attempts', '2', '--length', '2', '--vocabulary', '3', '-o', policy]).code,
  ).toBe(0);
  const lines = [
    ['exact', policy, '--beta', '0.1', '--objective', 'grpo', '--option', 'beta=0.1', 'klEstimator=k3'],
    ['policy', 'new', '--attempts', '2', '--length', '2', '--vocabulary', '3', '--seed', '1'],
    ['schema', 'policy'],
    ['claims', '--json', '-'],
  ];
  for (let i = 0; i < 2000; i++) {
    const random = randomStream(9, 'fuzz', i);
    const words = lines[i % lines.length]!.map((word) =>
      random.integer(4) === 0 && !word.startsWith('-') && word !== 'new' ? damagedText(word, random) : word,
    );
    const { code, stderr } = await inProcess(words);
    expect([0, 2], `${JSON.stringify(words)}: ${stderr}`).toContain(code);
    if (code === 2) expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});
