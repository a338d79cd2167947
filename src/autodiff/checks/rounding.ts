// How much rounding errors inside a function can move its contracted output: a running error analysis on its own graph.
import { scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { sweep } from '../reverse/sweep.ts';
import { nodeOf } from '../trace/node.ts';
import type { Parameters } from '../trace/parameters.ts';
import { trace } from '../trace/trace.ts';

/** Σ |a_i·b_i| over finite values: an infinite value is exact. */
function magnitude(a: Tensor, b: Tensor): number {
  const x = a.readSync();
  const y = b.readSync();
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(y[i]!)) total += Math.abs(x[i]! * y[i]!);
  }
  return total;
}

/**
 * To first order, a rounding error δ in the output of an op moves s = ⟨cotangent, f(parameters)⟩ by ⟨adjoint, δ⟩, and
 * |δ| ≤ (terms + 4)·ε·|output| for an op that adds at most `terms` products, its largest input:
 *   E = ε·[Σ_ops (terms + 4)·Σ|adjoint·output| + Σ|gradient·parameter| + size·Σ|cotangent·f|].
 * The middle part stands for the rounding of moved parameters, the last for the contraction itself.
 */
export function roundingError<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  cotangent: Tensor,
): number {
  return scope(() => {
    const { result, graph, leaves } = trace('gradcheck', f, parameters);
    let total = result.size * magnitude(cotangent, result);
    const visit = (node: { inputs: readonly Tensor[]; output: Tensor }, adjoint: Tensor): void => {
      const terms = node.inputs.reduce((size, input) => Math.max(size, input.size), 0);
      total += (terms + 4) * magnitude(adjoint, node.output);
    };
    const swept = sweep(graph, nodeOf(result), cotangent, '', visit);
    for (const leaf of Object.values(leaves)) {
      const gradient = swept[leaf.id - graph.first];
      if (gradient !== undefined) total += magnitude(gradient, leaf.output);
    }
    return Number.EPSILON * total;
  });
}
