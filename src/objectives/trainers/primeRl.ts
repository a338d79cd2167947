// prime-rl: one loss for all of its algorithms, which differ in their advantages.
import type { Trainer } from './preset.ts';

const LOSS = 'src/prime_rl/trainer/rl/loss.py: default_loss_fn, compute_loss';

/** Bounds 0.2 on the difference of probabilities, adv_tau 1, kl_tau 1e-3, which is β/2, and the mean over the tokens of the step. */
const loss = {
  advantageScale: 1,
  differenceLow: 0.2,
  differenceHigh: 0.2,
  beta: 2e-3,
  klEstimator: 'k2',
  klPlacement: 'loss',
  aggregation: 'tokenMean',
};

/** The objectives of prime-rl. */
export const primeRl: Trainer = {
  title: 'prime-rl',
  version: '559b44772 of 2026-08-21',
  presets: {
    sft: {
      options: { aggregation: 'tokenMean' },
      source: 'src/prime_rl/trainer/rl/loss.py: ce_loss_fn, compute_loss',
    },
    grpo: {
      objective: 'dppo',
      options: { ...loss, normalizeByStd: false, groupOfOne: 'zero' },
      source: `src/prime_rl/orchestrator/algo/grpo.py: GRPOAlgorithm; ${LOSS}`,
    },
    dppo: {
      options: { ...loss, normalizeByStd: false, groupOfOne: 'zero' },
      source: `src/prime_rl/orchestrator/algo/grpo.py: GRPOAlgorithm; ${LOSS}`,
    },
    maxrl: {
      objective: 'dppo',
      options: { ...loss, divideByMean: true },
      source: `src/prime_rl/orchestrator/algo/max_rl.py: MaxRLAlgorithm; ${LOSS}`,
    },
  },
};
