// C2 on a transformer: unbiased estimators in the space of its parameters, baselines that drop out of each component.

import { leafRatios } from '../../attribution/divergence.ts';
import { leafWeights, returnWeights } from '../../attribution/scoreGradient.ts';
import { float64Field as field } from '../../base/field.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { check, control, distance, meanAgainst } from '../check.ts';
import type { ClaimSubject } from '../claim.ts';
import { drGrpo, GROUP, reinforce, rloo } from '../shared/estimators.ts';
import { expected } from '../shared/expectedGradients.ts';
import type { Added } from '../transformer/onTransformer.ts';
import type { TransformerSubject } from '../transformer/subject.ts';

/** C2: unbiased estimators in the space of the network's parameters, and baselines that drop out of each component. */
export function creditOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { policy } = t;
  const weight = returnWeights(policy, policy.reward);
  const target = t.labelled(weight);
  const baseline = (b: Float64Array): Float64Array =>
    leafWeights(policy.graph, field.mul(leafRatios(policy).prob, b));
  const constant = baseline(new Float64Array(policy.graph.leaves).fill(0.7));
  const ofReward = baseline(policy.reward);
  const zero = new Float64Array(target.length);
  const { score } = t.drawn();
  const unbiased = [reinforce, rloo, drGrpo].map((estimator) => {
    const scale = estimator === drGrpo ? 1 - 1 / GROUP : 1;
    const found = t.labelled(expected(policy, estimator).weight).map((x) => x / scale);
    const name = `transformer: ${estimator.label}, expected gradient = ${scale === 1 ? '' : '(1 − 1/G)·'}∇J per component`;
    return check(name, distance(found, target), t.rounding(weight.map((m) => 2 * Math.abs(m) + 1)));
  });
  return {
    checks: [
      ...unbiased,
      check(
        'transformer: a constant baseline drops out of each component',
        distance(t.labelled(constant), zero),
        t.rounding(constant),
      ),
      ...COMPONENTS.map((c) => {
        const { comparison, tolerance } = meanAgainst(score[c], 0);
        return check(
          `transformer, d = 64, drawn: a constant baseline drops out of g_${c}`,
          comparison,
          tolerance,
        );
      }),
    ],
    controls: [
      control(
        subject,
        'transformer: baseline that is the reward',
        'A baseline equal to the reward drops out.',
        distance(t.labelled(ofReward), zero),
        t.rounding(ofReward),
      ),
      ...COMPONENTS.map((c) => {
        const { comparison, tolerance } = meanAgainst(score[c].map(Math.abs), 0);
        const statement = 'A weight that depends on the actions (the sign of the score) drops out.';
        return control(
          subject,
          `transformer, d = 64, drawn: weight that is the sign of the score, ${c}`,
          statement,
          comparison,
          tolerance,
        );
      }),
    ],
  };
}
