// The gradients of C8 by the engine, and the forward KL as a value to be differenced.
import { klDivergence } from '../../attribution/divergence.ts';
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { leafWeights } from '../../attribution/scoreGradient.ts';
import { engineGradient } from '../../attribution/twoCopy.ts';
import { mul, neg, sum, tensor } from '../../autodiff/index.ts';
import type { DifferentiableValue } from '../shared/sharedFamily.ts';

/** The engine's forward KL: E_ref[−log π] up to a constant. */
export function engineForwardGradient({ graph, model, reference }: EvaluatedPolicy): Float64Array {
  const { reach } = reference;
  return engineGradient(graph, model.logits, (logProb) => neg(sum(mul(logProb, tensor(reach)))));
}

/** The engine's k3 as a sequence loss: Σ_τ sg(π(τ))·k3(τ), from the log-ratio of whole trajectories. */
export function engineSequenceK3(policy: EvaluatedPolicy, k3Weights: Float64Array): Float64Array {
  const { graph, model } = policy;
  const weight = leafWeights(graph, k3Weights);
  return engineGradient(graph, model.logits, (logProb) => sum(mul(logProb, tensor(weight))));
}

/** KL(ref‖π) up to a constant is −E_ref[log π(τ)], whose third derivative is that of a log-probability of T tokens. */
export function forwardValue({ graph, reference, logSize }: EvaluatedPolicy): DifferentiableValue {
  return {
    value: (at) => klDivergence(reference, at),
    third: graph.layers.length / 10,
    size: logSize,
  };
}
