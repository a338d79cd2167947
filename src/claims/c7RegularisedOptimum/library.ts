// What the soft recursion has for the statements of C7: with β = 1 and rewards log t the tilt e^{R/β} is t.
import type { EvaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { edgeNodes } from '../../attribution/over/indices.ts';
import { alongTrajectories } from '../../attribution/recursions.ts';
import { type SoftOptimum, softOptimum } from '../../attribution/softOptimum.ts';
import { expOf } from '../../attribution/vectors.ts';
import { float64Field, logSemiring } from '../../base/field.ts';
import type { Library, OfLibrary } from '../shared/inFloat64.ts';
import { conditional, tilted } from './statements.ts';

function optimumFor({ graph, logRef }: EvaluatedPolicy, tilt: Float64Array): SoftOptimum {
  const reward = tilt.map((t) => Math.log(t));
  return softOptimum({ graph, logRef, reward }, { sample: 1, decision: 1 });
}

/** Logarithms of tilts from ½ to 1½ are at most log 2; what they add up to is rounded before its exponential is. */
function logRounding({ logSize, graph }: EvaluatedPolicy): Pick<OfLibrary, 'size' | 'terms'> {
  return { size: 1.5 * (1 + logSize + graph.layers.length), terms: 'Z·(1 + E Σ|log-ratio| + T)' };
}

/** π*(τ)·Z of every trajectory. */
const weighted: Library = (policy, { tilt }) => {
  const { logProb, value } = optimumFor(policy, tilt!);
  const logs = alongTrajectories(logSemiring, policy.graph, logProb);
  return { left: expOf(logs.map((x) => x + value)), ...logRounding(policy) };
};

/** Σ_a π*(a|h) of every history. */
const sums: Library = (policy, { tilt }) => {
  const { graph } = policy;
  const prob = expOf(optimumFor(policy, tilt!).logProb);
  return { left: float64Field.segmentSum(prob, edgeNodes(graph), graph.nodes), ...logRounding(policy) };
};

/** Sides of the statements of C7, by the names of these. */
export const c7Library: Readonly<Record<string, Library>> = {
  [tilted.name]: weighted,
  [conditional.name]: sums,
};
