// One training step: 2 layers, 4 heads, MLP 4·d, 32 tokens, context 32, batch 32, AdamW, f32.

import { loadWasmKernelsSync } from '../../src/host/loadKernels.ts';
import type { WasmBuild } from '../../src/host/wasmBuild.ts';
import { type Kernels, referenceKernels } from '../../src/kernels/index.ts';
import { gpt2 } from '../../src/nn/index.ts';
import type { PeerTask } from '../peer.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import {
  BATCH,
  configOf,
  drawTokens,
  judgeGradient,
  meanWeights,
  parameterCount,
  RATE,
  stepWork,
  tokensOf,
  trainingStep,
} from './step.ts';

/** Steps until memory must have stopped growing, and steps that are watched then. */
const WARM_UP = 2;
const WATCHED = 3;

/**
 * [loss, gradient …] in float64, on kernels of their own. Plain loops would need half a minute for it; that float64 kernels
 * agree with them is checked op by op, here in the suites of the single kernels.
 */
function exactStep(width: number): Float64Array {
  const config = configOf(width);
  const step = trainingStep(loadWasmKernelsSync({ threads: 1 }), config, meanWeights(config), 'f64');
  return step.lossAndGradient();
}

function prepare(kernels: Kernels, width: number): PreparedCase {
  const config = configOf(width);
  const step = trainingStep(kernels, config, meanWeights(config));
  return {
    run: step.run,
    output: step.lossAndGradient,
    judge: () => {
      const expected = exactStep(width);
      return (found) => judgeGradient(step.model, expected, found);
    },
    release: step.release,
  };
}

/**
 * Bytes a step holds at its peak, on fresh kernels of this build.
 * @throws Error if memory still grows after warm-up
 */
export function peakOfStep(kernels: Kernels, width: number): number {
  const fresh = loadWasmKernelsSync({ build: kernels.build as WasmBuild, threads: 1 });
  const config = configOf(width);
  const step = trainingStep(fresh, config, meanWeights(config));
  for (let i = 0; i < WARM_UP; i++) step.run();
  const before = fresh.memory();
  for (let i = 0; i < WATCHED; i++) step.run();
  const after = fresh.memory();
  for (const what of ['live', 'peak', 'reserved', 'buffers'] as const) {
    if (after[what] !== before[what]) {
      throw new Error(
        `train d=${width}: ${what} grows after warm-up, from ${before[what]} to ${after[what]}`,
      );
    }
  }
  return after.peak;
}

/** The same parameters and tokens for a peer. */
function peerTask(width: number): PeerTask {
  const config = configOf(width);
  const { vocabulary, context, layers, heads } = config;
  const step = trainingStep(referenceKernels(), config, meanWeights(config));
  const parameters = Object.entries(step.parameters).map(([path, parameter]) => [
    path,
    { shape: parameter.shape, values: parameter.readSync() as Float32Array },
  ]);
  step.release();
  return {
    op: 'train',
    config: { vocabulary, context, width, layers, heads },
    learningRate: RATE,
    batch: BATCH,
    parameters: Object.fromEntries(parameters),
    ...drawTokens(config),
  };
}

function trainCase(width: number): BenchCase {
  const config = configOf(width);
  const work = stepWork(config);
  const name = `f32 d=${width}`;
  return {
    name,
    measure: { unit: 'GFLOP/s', work, ceiling: (gflops) => gflops },
    prepare: (kernels) => prepare(kernels, width),
    peerTask: () => peerTask(width),
    derive: (kernels) => [
      { name: `${name} tokens`, unit: 'token/s', factor: tokensOf(config) / work },
      {
        name: `${name} peak memory`,
        unit: 'MiB',
        amount: peakOfStep(kernels, width) / 2 ** 20,
        // Parameters, gradient and two moments of four bytes.
        least: (16 * parameterCount(gpt2(config))) / 2 ** 20,
      },
    ],
  };
}

/** Names: the width d. Rows beside the step's rate: tokens a second, and what a step holds at its peak. */
export const train: Suite = {
  name: 'train',
  sentence: 'one training step of a small GPT-2 with AdamW, one row per width',
  cases: [64, 128, 256].map(trainCase),
  ceilingHow:
    'train: counts the products of the step only, 3 times those of the forward pass, attention without its masked half; ' +
    'the least memory is parameters, gradient and two moments',
  explain: () => [
    'The public engine: gpt2, crossEntropy, vjp, adamw; every product, norm and row operation as in the suites of their own.',
    'Memory is watched: a step that still grows after two steps ends the run with an error.',
  ],
};
