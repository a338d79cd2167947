// The gradient of a token-summed estimator of KL as a loss, by the engine (C5b, C8).
import { expectedEdges } from '../../attribution/differentiable.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { engineGradient } from '../../attribution/twoCopy.ts';
import { tensor } from '../../autodiff/index.ts';
import { type KlEstimator, klTensor } from '../../objectives/kl.ts';

/** ∇ E Σ_t k(δ_t) at δ_t = log π(a_t|h_t) − log π_ref(a_t|h_t) with the samples held fixed; [slots]. */
export function tokenLossGradient(
  { graph, model, reach, logRef }: EvaluatedPolicy,
  estimator: KlEstimator,
): Float64Array {
  return engineGradient(graph, model.logits, (logProb) =>
    expectedEdges(tensor(reach), klTensor(estimator, logProb, tensor(logRef))),
  );
}
