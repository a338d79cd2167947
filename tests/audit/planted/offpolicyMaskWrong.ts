// offpolicy-mask-wrong: the mask reads the log-probs of the old policy where it should read those of the sampler.
import { trainedWith } from './trained.ts';

/** A sampler so noisy that some sequences are beyond the threshold. */
export const offpolicyMaskWrong = trainedWith(
  'offpolicy-mask-wrong',
  'error',
  {
    objective: 'opsm',
    options: { offPolicyThreshold: 0.005 },
    mismatch: 0.07,
    prompts: 12,
    lag: 0,
    drift: 0.005,
  },
  {},
  (t) => ({ samplerLogProbs: t.oldLogProbs! }),
);
