// The memory that a run is said to need is an upper bound of what it takes, and no more than about twice of it.
import { describe, expect, test } from 'vitest';
import { memory, useKernels } from '../../src/autodiff/index.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { addition, jsonl, pickSum, type Task } from '../../src/tasks/index.ts';
import {
  checkEpisodeMemory,
  checkTrainingMemory,
  chosenMicroBatch,
  createTrainer,
  disposeState,
  initialState,
  parseConfig,
  trainingMemory,
  trainStep,
} from '../../src/training/index.ts';

type Sections = Readonly<Record<string, Record<string, unknown>>>;

/** A configuration in which every episode of the base has all its attempts. */
function configWith({ model, run, base, train }: Sections, attempts = 4) {
  const wrong = Array.from({ length: attempts }, (_, k) => (k + 1 < attempts ? 0 : 1));
  return parseConfig(
    {
      task: { name: 'pickSum' },
      model,
      run: { evaluateEvery: 0, attempts, ...run },
      base: { steps: 1, batch: 64, wrong, ...base },
      train: { objective: 'rloo', steps: 1, prompts: 1, group: 2, ...train },
    } as Record<string, unknown>,
    'test',
  );
}

/** The peak of the kernels over a step of each phase. */
function peakOf(config: ReturnType<typeof configWith>, task: Task): number {
  useKernels(loadWasmKernelsSync());
  const trainer = createTrainer(config, 1, task);
  let state = initialState(trainer);
  for (let i = 0; i < 2; i++) {
    const next = trainStep(trainer, state);
    disposeState(state, next.state);
    state = next.state;
  }
  return memory().peak;
}

describe('the estimate and the high-water mark of the kernels', () => {
  const letters = Array.from({ length: 500 }, (_, i) => {
    const letter = String.fromCharCode(0x4e00 + i);
    return JSON.stringify({ prompt: `${letter}=`, answer: letter });
  });
  const many = jsonl.create({}, { text: letters.join('\n'), source: 'letters' });
  const cases: [string, Sections, Task | undefined, number][] = [
    ['a small network', { model: { width: 16, layers: 1 } }, undefined, 4],
    ['more layers', { model: { width: 16, layers: 8, heads: 8 } }, undefined, 4],
    [
      'a wide network and a small batch',
      { model: { width: 256, layers: 2 }, base: { batch: 2 } },
      undefined,
      4,
    ],
    ['long episodes', { model: { width: 16, layers: 2 } }, undefined, 12],
    [
      'micro-batches',
      { model: { width: 64, layers: 2 }, base: { batch: 64 }, run: { microBatch: 8 } },
      undefined,
      4,
    ],
    ['many tokens', { model: { width: 16, layers: 1 } }, many, 2],
    ...(['llama', 'qwen2', 'qwen3'] as const).flatMap(
      (architecture): [string, Sections, undefined, number][] => [
        [
          `${architecture}, shared keys`,
          { model: { architecture, width: 64, layers: 3, keyHeads: 2 } },
          undefined,
          4,
        ],
        [
          `${architecture}, wide`,
          { model: { architecture, width: 192, layers: 2 }, base: { batch: 2 } },
          undefined,
          4,
        ],
        [
          `${architecture}, a wide MLP`,
          { model: { architecture, width: 16, inner: 256, layers: 2 } },
          undefined,
          4,
        ],
      ],
    ),
    ['qwen2, long episodes', { model: { architecture: 'qwen2', width: 16, layers: 2 } }, undefined, 12],
    [
      'penalties',
      { train: { objective: 'grpo', prompts: 1, group: 4, beta: 0.1, entropy: 0.1 } },
      undefined,
      4,
    ],
  ];
  test.each(cases)('%s', (_name, sections, task, attempts) => {
    const config = configWith(sections, attempts);
    const chosen = task ?? pickSum.create(config.task.options);
    const { kernel } = trainingMemory(config, chosen);
    const peak = peakOf(config, chosen);
    expect(peak).toBeLessThanOrEqual(kernel);
    expect(kernel).toBeLessThan(2 * peak);
  });
});

describe('micro-batches are chosen', () => {
  const task = addition.create();
  test('not at all where the batch fits', () => {
    expect(chosenMicroBatch(configWith({}), task, 'base')).toBe(64);
  });
  test('so that a step fits into 3 GiB, as large as that allows', () => {
    const config = configWith({ base: { batch: 16384 } });
    const chosen = chosenMicroBatch(config, task, 'base');
    expect(chosen).toBeLessThan(16384);
    const kernelWith = (microBatch: number): number =>
      trainingMemory(configWith({ base: { batch: 16384 }, run: { microBatch } }), task).kernel;
    expect(kernelWith(chosen)).toBeLessThanOrEqual(3 * 2 ** 30);
    expect(kernelWith(2 * chosen)).toBeGreaterThan(3 * 2 ** 30);
  });
  test('as asked', () => {
    expect(chosenMicroBatch(configWith({ run: { microBatch: 5 } }), task, 'base')).toBe(5);
  });
});

describe('what does not fit is refused before anything is allocated, and the message says what to lower', () => {
  const had = { kernel: 2 ** 32, host: 2 ** 32 };
  const refused: [Sections, RegExp][] = [
    [
      { model: { width: 1e9 } },
      /^train needs .*e\d+ TiB of kernel memory, 4 GiB can be had: lower model.width$/,
    ],
    [
      { model: { layers: 100_000 } },
      /^train needs .* of kernel memory, 4 GiB can be had: lower .*model.layers/,
    ],
    [{ run: { attempts: 1e11 } }, /of kernel memory, 4 GiB can be had: lower run.attempts$/],
    [{ base: { batch: 1e9 } }, /of kernel memory, 4 GiB can be had: lower base.batch$/],
    [{ train: { prompts: 1e9, group: 8 } }, /of kernel memory, 4 GiB can be had: lower train.prompts/],
    [
      { run: { microBatch: 16384 }, base: { batch: 16384 } },
      /lower base.batch, run.microBatch or model.width$/,
    ],
  ];
  test.each(refused)('%o', (sections, message) => {
    const { run, ...rest } = sections;
    const config = configWith({ ...rest, run: { ...run, attempts: 4 } });
    const asked = { ...config, run: { ...config.run, ...run } };
    expect(() => checkTrainingMemory(asked, addition.create(), had)).toThrow(message);
    expect(() => checkTrainingMemory(configWith({}), addition.create(), had)).not.toThrow();
  });
  test('no cut into micro-batches that takes more memory than the whole', () => {
    // Gradients that are added up are six copies of the parameters instead of three.
    const config = configWith({ model: { width: 768, layers: 11 }, base: { batch: 4 } });
    const task = addition.create();
    expect(chosenMicroBatch(config, task, 'base')).toBe(4);
    expect(() => checkTrainingMemory(config, task, had)).not.toThrow();
    const cut = { ...config, run: { ...config.run, microBatch: 1 } };
    expect(trainingMemory(cut, task).kernel).toBeGreaterThan(trainingMemory(config, task).kernel);
  });
  test('a container with less memory', () => {
    const config = configWith({ base: { batch: 512 } });
    expect(() => checkTrainingMemory(config, addition.create(), { ...had, kernel: 2 ** 27 })).toThrow(
      /128 MiB can be had: lower base.batch, run.microBatch \(now automatic\) or model.width$/,
    );
  });
  test('a network that no kernels could hold is refused without kernels', () => {
    const config = configWith({ model: { width: 1e6 } });
    expect(() => createTrainer(config, 1, addition.create())).toThrow(
      /^the network needs .*: lower model.width$/,
    );
  });
  test('episodes', () => {
    const check = (count: number): void =>
      checkEpisodeMemory('sample', configWith({}), addition.create(), count, '--count', had);
    expect(() => check(1e9)).toThrow(/^sample needs .* TiB of host memory, 4 GiB can be had: lower --count$/);
    expect(() => check(1000)).not.toThrow();
  });
});
