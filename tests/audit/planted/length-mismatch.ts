// Log-probs of the sampler that are one shorter than the tokens, in every third trajectory.
import { plant } from '../../../src/audit/simulator/index.ts';
import type { Planted } from './mistake.ts';

/** The mistake. */
export const planted: Planted = {
  code: 'length-mismatch',
  severity: 'error',
  setting: {},
  alter: (clean) =>
    plant(clean, ({ samplerLogProbs, mask }, _, i) => {
      if (i % 3 > 0) return {};
      const shorter = samplerLogProbs!.slice();
      shorter[mask.lastIndexOf(1)] = Number.NaN;
      return { samplerLogProbs: shorter };
    }),
};
