// C5 on a transformer: the split of ∇KL in the space of its parameters.
import { klDivergence, klWeights, leafRatios, logRatio } from '../../attribution/divergence.ts';
import { float64Field as field } from '../../base/field.ts';
import { check, control, difference, distance } from '../check.ts';
import type { ClaimSubject } from '../claim.ts';
import type { Added } from '../transformer/onTransformer.ts';
import type { TransformerSubject } from '../transformer/subject.ts';

/** C5: the split of ∇KL in the space of the network's parameters. */
export function klOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { policy } = t;
  const { reference, logSize } = policy;
  const weight = klWeights(policy, reference);
  const { gradient, tolerance } = t.differences((at) => klDivergence(at, reference), logSize);
  const leaf = leafRatios(policy);
  const whole = leaf.prob.reduce((sum, p, i) => sum + p * leaf.logRatio[i]!, 0);
  const local = field.mul(policy.reach, logRatio(policy, reference));
  return {
    checks: [
      check(
        'transformer: KL over trajectories = sample terms + decision terms',
        difference(klDivergence(policy, reference), whole),
        policy.rounding(logSize, 'E Σ|log-ratio|'),
      ),
      check(
        'transformer: ∇KL by labels against differences of the two-copy network',
        distance(t.labelled(weight), gradient),
        tolerance,
      ),
    ],
    controls: [
      control(
        subject,
        'transformer: KL without its effect on later tokens',
        'The log-ratio of a token alone weighs it in ∇KL.',
        distance(t.labelled(local), gradient),
        tolerance,
      ),
    ],
  };
}
