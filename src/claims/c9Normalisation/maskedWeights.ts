// Weights of one trajectory under right and wrong masks: balance is asserted on the masks themselves (C9).

import { evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { batchOf, profilesOf } from '../../attribution/profiles.ts';
import { spread } from '../../attribution/vectors.ts';
import { getObjective } from '../../objectives/index.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { randomPolicy } from '../../policy/random.ts';

/** The whole trajectory; one token late at every segment border; everything but decisions. */
export type MaskKind = 'whole' | 'late' | 'noDecisions';

/** max − min of w_t over the tokens of a trajectory of two attempts of three tokens under RLOO with this mask. */
export function maskedSpread(kind: MaskKind): number {
  const policy = evaluatedPolicy(randomPolicy({ attempts: 2, length: 3, vocabulary: 2 }, 1));
  const { graph, reward } = policy;
  const { profiles, profileOf } = profilesOf(policy, 'policy', true);
  const last = graph.leaves - 1;
  const best = reward.indexOf(reward.reduce((a, b) => Math.max(a, b)));
  const batch = batchOf([profiles[profileOf[last]!]!, profiles[profileOf[best]!]!], graph, false);
  const border = (t: number): boolean => t === 0 || batch.component[t] !== batch.component[t - 1];
  const mask = batch.mask.map((_, t) => {
    if (kind === 'late') return border(t) ? 0 : 1;
    return kind === 'noDecisions' && COMPONENTS[batch.component[t]!] === 'decision' ? 0 : 1;
  });
  const rloo = getObjective('rloo');
  const options = rloo.parseOptions({ aggregation: 'sequenceSum' });
  const weights = rloo.weights({ ...batch, mask }, options).subarray(0, batch.offsets[1]!);
  return spread(weights);
}
