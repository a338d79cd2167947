// What a training here writes is read back without a tokenizer: the checkpoint gives the logged log-probs, and the objective the logged weights.
import { beforeAll, expect, test } from 'vitest';
import {
  agreement,
  objectiveBatch,
  responseMicroBatches,
  responsesOf,
  tokenLogProbsOf,
  wholeOf,
} from '../../../src/attribution/index.ts';
import { weightsInMemory } from '../../../src/nn/index.ts';
import { getObjective } from '../../../src/objectives/index.ts';
import { inTokens, rolloutsHeader, rolloutsLine, vocabularyOf } from '../../../src/rollouts/index.ts';
import { initialState, rolloutHeader, stepTrajectories, trainStep } from '../../../src/training/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { readText } from '../../rollouts/reading.ts';
import { tinyTrainer } from '../../training/runs.ts';

beforeAll(chooseKernels);

/** Log-probs are sums of at most V exponentials and d products in f32: 2⁻²⁴ each, and no log-prob here is above 20. */
const ROUNDING = 20 * 64 * 2 ** -24;

test.each(['ids', 'tokens'] as const)('by %s', async (kept) => {
  const trainer = tinyTrainer({ objective: 'grpo', beta: '0.05', group: '8', prompts: '4' });
  const { config, layout, model, task } = trainer;
  let state = initialState(trainer);
  for (let i = 0; i < 4; i++) ({ state } = trainStep(trainer, state));
  const { material, metrics } = trainStep(trainer, state);
  const { phase, step } = metrics;
  const { parameters } = state;
  const written = stepTrajectories(trainer, { phase, step, parameters, material }, 'x.jsonl');
  const lines = written.map(({ ids, tokens, ...trajectory }) =>
    rolloutsLine({ ...trajectory, ...(kept === 'ids' ? { ids: ids! } : { tokens: tokens! }) }),
  );
  const { trajectories } = readText([rolloutsHeader(rolloutHeader(config[phase])), ...lines].join('\n'));

  const vocabulary = vocabularyOf(task.tokens.names, 'the task');
  const size = task.tokens.names.length;
  const given = trajectories.map((trajectory) =>
    inTokens(trajectory, { vocabulary, size, keepsPadding: true }),
  );
  expect(given.map(({ ids }) => [...ids])).toEqual(written.map(({ ids }) => [...ids!]));
  const responses = responsesOf(given, { context: model.config.context, layout });
  const parts = responseMicroBatches(responses, 100);
  expect(parts.length).toBeGreaterThan(1);
  const values: Float64Array[] = [];
  for (const { batch } of parts)
    values.push(await tokenLogProbsOf(model, weightsInMemory(parameters), batch));
  const logProb = wholeOf(parts, values);
  const found = agreement(responses, logProb)!;
  expect(found.tokens).toBe(responses.mask.reduce((sum, flag) => sum + flag, 0));
  expect(found.largestDifference).toBeLessThanOrEqual(ROUNDING);

  // A control: without the layout, illegal tokens have a probability too.
  const [whole] = responseMicroBatches(responsesOf(given, { context: model.config.context }));
  const all = wholeOf([whole!], [await tokenLogProbsOf(model, weightsInMemory(parameters), whole!.batch)]);
  expect(agreement(responses, all)!.largestDifference).toBeGreaterThan(100 * ROUNDING);

  const { batch, sources } = objectiveBatch(responses, { logProb }, true);
  expect(sources).toEqual({ old: 'oldLogProbs', ref: 'refLogProbs', sampler: 'old', filled: 0 });
  const { objective, options } = config[phase];
  const weights = getObjective(objective).weights(batch, options);
  const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  expect(largest).toBeGreaterThan(0);
  written.forEach((trajectory, i) => {
    const own = weights.subarray(responses.offsets[i], responses.offsets[i + 1]);
    own.forEach((w, j) => {
      // Ratios and penalties move by as much as the log-probs.
      expect(Math.abs(w - trajectory.weights![responses.prompts[i]! + j]!)).toBeLessThanOrEqual(
        4 * ROUNDING * largest,
      );
    });
  });
});
