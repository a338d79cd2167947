// Experiments to try next; each was run with two seeds.
import type { NextExperiment } from '../lab.ts';

/** Three experiments. */
export const NEXT: readonly NextExperiment[] = [
  {
    set: ['penalty=1'],
    expect:
      'Both reward models keep gold: the penalty prevents about 0.9 of the fall with and without a bottleneck, so that the difference at γ = 0.5 is a matter of γ.',
  },
  {
    set: ['kl=0.1', 'penalty=0'],
    expect:
      'A KL penalty on the policy does what the distance does: gold ends at about 7.6, where it is highest, and there is no fall left to prevent, so that the checks of over-optimisation fail. Nevertheless about 0.95 of the responses are outliers.',
  },
  {
    set: ['ridge=0.1'],
    expect:
      'A ridge on the variances makes distances smaller, more so where the bottleneck has shrunk the latent space: the penalty prevents only about half of the fall, no response of the policy on gold is an outlier, and hardly one of the reference.',
  },
];
