// C9 on a transformer: normalisations keep the balance within a trajectory, and their directions differ.
import { check, control, distance } from '../check.ts';
import type { ClaimSubject } from '../claim.ts';
import { NORMALISATIONS } from '../shared/estimators.ts';
import { balance, expected } from '../shared/expectedGradients.ts';
import type { Added } from '../transformer/onTransformer.ts';
import type { TransformerSubject } from '../transformer/subject.ts';

/** C9: normalisations on the network: balance within a trajectory, and directions that differ. */
export function normalisationOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const found = NORMALISATIONS.map((estimator) => ({ estimator, gradient: expected(t.policy, estimator) }));
  return {
    checks: found.map(({ estimator, gradient }) => {
      const { comparison, tolerance } = balance(gradient);
      return check(`transformer: ${estimator.label}: balanced within a trajectory`, comparison, tolerance);
    }),
    controls: found.map(({ estimator, gradient }, i) => {
      const other = found[(i + 1) % found.length]!;
      return control(
        subject,
        `transformer: ${estimator.label} declared as ${other.estimator.label}`,
        `The network’s expected gradient under ${estimator.label} is that under ${other.estimator.label}.`,
        distance(t.labelled(gradient.weight), t.labelled(other.gradient.weight)),
        t.rounding(gradient.weight),
      );
    }),
  };
}
