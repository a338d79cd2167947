// C8 on a transformer: what the sequence-level losses differentiate to in the space of its parameters.
import { estimatorWeights, forwardKlWeights, klWeights } from '../../attribution/divergence.ts';
import { check, control, distance, meanAgainst } from '../check.ts';
import type { Check, ClaimSubject, Control } from '../claim.ts';
import type { Added } from '../transformer/onTransformer.ts';
import type { TransformerSubject } from '../transformer/subject.ts';

/** C8: what the sequence-level losses differentiate to, in the space of the network's parameters. */
export function estimatorsOnTransformer(t: TransformerSubject, subject: ClaimSubject): Added {
  const { policy } = t;
  const [k1, k2, k3] = (['k1', 'k2', 'k3'] as const).map((name) => estimatorWeights(policy, name));
  const reverse = klWeights(policy, policy.reference);
  const forward = forwardKlWeights(policy.reference);
  const { logRatio } = t.drawn();
  const k1MinusK3 = meanAgainst(
    logRatio.map((r) => 1 - Math.exp(-r)),
    0,
  );
  const away = meanAgainst(logRatio.map(Math.abs), 0);
  const equal = (name: string, a: Float64Array, b: Float64Array): Check =>
    check(
      `transformer: ${name}`,
      distance(t.labelled(a), t.labelled(b)),
      t.rounding(a.map((x, e) => Math.abs(x) + Math.abs(b[e]!))),
    );
  const wrong = (name: string, statement: string, a: Float64Array, b: Float64Array): Control =>
    control(
      subject,
      `transformer: ${name}`,
      statement,
      distance(t.labelled(a), t.labelled(b)),
      t.rounding(a.map((x, e) => Math.abs(x) + Math.abs(b[e]!))),
    );
  return {
    checks: [
      equal('k1 as a loss: zero', k1!, new Float64Array(policy.graph.edges)),
      equal('k2 as a loss: ∇KL(π‖ref)', k2!, reverse),
      equal('k3 as a loss: ∇KL(ref‖π)', k3!, forward),
      check(
        'transformer, d = 64, drawn: k1 and k3 have the same mean',
        k1MinusK3.comparison,
        k1MinusK3.tolerance,
      ),
    ],
    controls: [
      wrong('k3 as a loss', 'k3 as a loss has the gradient of KL(π‖ref).', k3!, reverse),
      control(
        subject,
        'transformer, d = 64, drawn: policy equal to its reference',
        'The log-ratio to the reference is zero.',
        away.comparison,
        away.tolerance,
      ),
      wrong('k2 as a loss', 'k2 as a loss has the gradient of KL(ref‖π).', k2!, forward),
    ],
  };
}
