// C1 on a transformer: labels against the two-copy network, and the split by token.
import { meanReward } from '../../attribution/budget.ts';
import { returnWeights } from '../../attribution/scoreGradient.ts';
import { randomStream } from '../../base/random.ts';
import { type Comparison, check, control, distance } from '../check.ts';
import type { ClaimSubject } from '../claim.ts';
import type { Added } from '../transformer/onTransformer.ts';
import type { TransformerSubject } from '../transformer/subject.ts';

/** C1: labels against the two-copy policy, and the split by token. */
export function splitOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { reward, rewardSize } = t.policy;
  const weight = returnWeights(t.policy, t.policy.reward);
  const labelled = t.labelled(weight);
  const { gradient, tolerance } = t.differences((at) => meanReward(at, reward), rewardSize);
  const against = (wrong: typeof t.labels): Comparison => distance(t.labelled(weight, wrong), gradient);
  const random = randomStream(subject.seed, 'transformer labels');
  const scrambled = t.labels.map(() =>
    random.uniform() < 0.5 ? ('sample' as const) : ('decision' as const),
  );
  return {
    checks: [
      check(
        'transformer: labels against differences of the two-copy network',
        distance(labelled, gradient),
        tolerance,
      ),
      check(
        'transformer: split by token, forward mode against labels',
        distance(t.byToken(weight), labelled),
        t.rounding(weight),
      ),
    ],
    controls: [
      control(
        subject,
        'transformer: random labels',
        'Labels drawn at random per token give the component gradients of the network.',
        against(scrambled),
        tolerance,
      ),
      control(
        subject,
        'transformer: decisions counted as sample',
        'Counting every decision to the sample component changes nothing.',
        against(t.labels.map(() => 'sample')),
        tolerance,
      ),
    ],
  };
}
