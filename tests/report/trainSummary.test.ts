// The last lines of `train`: what was reached, and where the report lies.
import { expect, test } from 'vitest';
import type { MetricsLine, TrainDocument } from '../../src/documents/train.ts';
import { timeInWords, trainSummary } from '../../src/report/tables.ts';

const last: MetricsLine = {
  step: 350,
  phase: 'train',
  loss: -0.25,
  reward: 0.7125,
  firstAttempt: 0.5,
  stopGivenCorrect: 0.875,
  resampleGivenWrong: null,
  gradNorm: { total: 1, sample: 1, decision: 1 },
  klToBase: 0,
  kept: null,
  missingErrors: null,
  tokensPerSecond: 1,
};
const document: TrainDocument = {
  schema: 'gradsplit/train@1',
  dir: 'runs/a',
  preset: null,
  seed: 1,
  steps: 350,
  checkpoint: 'runs/a/checkpoints/00000350',
  sha256: 'abc',
  last,
  seconds: 250,
  kernels: { backend: 'wasm', build: 'plain', device: 'cpu' },
};

test('says what was reached and where the report is', () => {
  expect(trainSummary(document, 'runs/a/report.html').split('\n')).toEqual([
    'At step 350 (train): loss -0.250, reward 0.713, right first attempts 0.500, P(STOP | right) 0.875; 4 min.',
    'The report is runs/a/report.html.',
    '350 steps, runs/a/checkpoints/00000350, sha256 abc',
  ]);
});

test('says so where nothing was done or learned', () => {
  expect(trainSummary({ ...document, last: null }, 'r')).toMatch(/^No step was taken; 4 min\.\n/);
  const nothing = { ...last, loss: null, reward: null, firstAttempt: null, stopGivenCorrect: null };
  expect(trainSummary({ ...document, last: nothing }, 'r')).toMatch(
    /^At step 350 \(train\): it learned from nothing; /,
  );
});

test('times are in words', () => {
  expect([0.2, 89, 100, 5399, 9000].map(timeInWords)).toEqual(['1 s', '89 s', '2 min', '90 min', '2.5 h']);
});
