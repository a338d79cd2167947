// Ten thousand steps of a training run need no more memory than the first thousand: kernels, and the heap of the host.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { memory, useKernels } from '../../src/autodiff/index.ts';
import { train } from '../../src/experiments/train.ts';
import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import { parseConfig } from '../../src/training/index.ts';

const STEPS = 5_000;
const CONFIG = {
  task: { name: 'addition', digits: 2 },
  model: { width: 8, layers: 1, heads: 2 },
  run: { attempts: 3, evaluateEvery: 500, evaluateEpisodes: 8, checkpointEvery: 500 },
  base: { steps: STEPS, batch: 4, wrong: [0.5, 0.5] },
  train: { objective: 'grpo', steps: STEPS, prompts: 2, group: 4, beta: 0.1 },
};

/** A retained object per step, a line of metrics say, takes more bytes than this. */
const BYTES_PER_STEP = 64;

interface Seen {
  readonly live: number;
  readonly reserved: number;
  readonly heap: number;
}

test('memory stays over 10 000 steps', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  useKernels(loadWasmKernelsSync());
  const dir = mkdtempSync(join(tmpdir(), 'gradsplit-memory-'));
  const seen = new Map<number, Seen>();
  try {
    const { steps } = await train(
      join(dir, 'run'),
      { run: { preset: null, seed: 1, config: parseConfig(CONFIG, 'test') }, resume: false },
      {
        stop: () => false,
        onStep: ({ step }) => {
          if (step % 1000 !== 0) return;
          collect();
          const { live, reserved } = memory();
          seen.set(step, { live, reserved, heap: process.memoryUsage().heapUsed });
        },
      },
    );
    expect(steps).toBe(2 * STEPS);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  for (const [from, to] of [
    [1_000, STEPS],
    [STEPS + 1_000, 2 * STEPS],
  ] as const) {
    const [early, late] = [seen.get(from)!, seen.get(to)!];
    expect(late.live).toBe(early.live);
    expect(late.reserved).toBe(early.reserved);
    expect(late.heap - early.heap).toBeLessThan(BYTES_PER_STEP * (to - from));
  }
});
