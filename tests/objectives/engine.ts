// The engine's view of an objective: its loss, and the weights as minus the gradient with respect to log π.
import { grad, scope, tensor, useKernels } from '../../src/autodiff/index.ts';
import type { Options } from '../../src/base/options.ts';
import { referenceKernels } from '../../src/kernels/index.ts';
import type { TokenBatch } from '../../src/objectives/batch.ts';
import type { Objective } from '../../src/objectives/objective.ts';

useKernels(referenceKernels());

/** The loss at batch.logProb. */
export function engineLoss(objective: Objective, batch: TokenBatch, options: Options): number {
  return scope(() => objective.loss(tensor(batch.logProb), batch, options).item());
}

/** −∂L/∂log π_t by the engine's reverse mode, [T]. */
export function engineWeights(objective: Objective, batch: TokenBatch, options: Options): Float64Array {
  return scope(() => {
    const gradient = grad(({ logProb }) => objective.loss(logProb!, batch, options))({
      logProb: tensor(batch.logProb),
    });
    return Float64Array.from(gradient.logProb!.readSync(), (g) => -g);
  });
}
