// Experiments to try next; each was run with two seeds.
import type { NextExperiment } from '../lab.ts';

/** Three experiments. */
export const NEXT: readonly NextExperiment[] = [
  {
    set: ['penalty=0.5'],
    expect:
      'Half of what is needed: along the direction that the reward looks at a response still gains half a unit a unit of distance. How much of the fall is prevented now depends on the draw of the pairs, and so does whether the bottleneck helps: over seeds 1 to 5 by 0.47 [0.12, 0.83] of the fall, over 6 to 10 by 0.04 [−0.23, 0.30].',
  },
  {
    set: ['kl=0.1', 'penalty=0'],
    expect:
      'A KL penalty on the policy does what the distance does: gold ends at about 7.6, where it is highest, and there is no fall left to prevent, so that the checks of over-optimisation fail. The share of outliers is no sign of that: it ends at 0.09 at one seed and at 0.93 at another.',
  },
  {
    set: ['ridge=0.1'],
    expect:
      'A ridge on the variances makes distances smaller, more so where the bottleneck has shrunk the latent space: rewards exceed distances by a fifth, and no response of the reference or of the policy on gold is an outlier. At γ = 1 the penalty still prevents the fall (two seeds).',
  },
];
