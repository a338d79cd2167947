// Experiments to try next; each was run with two seeds.
import type { NextExperiment } from '../lab.ts';

/** Three experiments. */
export const NEXT: readonly NextExperiment[] = [
  {
    set: ['penalty=0.5'],
    expect:
      'Half of what is needed: along the direction that the reward looks at a response still gains half a unit a unit of distance. How much of the fall is prevented now depends on the draw of the pairs and on the bottleneck: at two seeds 1.02 and 0.99 of the fall with it, 0.91 and 0.07 without.',
  },
  {
    set: ['kl=0.1', 'penalty=0'],
    expect:
      'A KL penalty on the policy does what the distance does: gold ends at 7.0 and 6.5 at two seeds, less than a unit below its highest value, and there is no fall left to prevent, so that the checks of over-optimisation are undecided. The share of outliers is no sign of that: it ends at 0.75 and 0.87.',
  },
  {
    set: ['ridge=0.1'],
    expect:
      'A ridge on the variances makes distances smaller, more so where the bottleneck has shrunk the latent space: rewards exceed distances by a quarter, no response of the reference or of the policy on gold is an outlier, and at γ = 1 the penalty prevents 0.42 and 0.39 of the fall with a bottleneck, 0.83 and 0.96 without (two seeds).',
  },
];
