// Checks an op by its own examples: what tests ask of the built-in ops, asked of any.
import { type RandomStream, randomStream } from '../../base/random.ts';
import { scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Op } from '../trace/op.ts';
import type { Parameters } from '../trace/parameters.ts';
import { type GradcheckResult, gradcheck, gradGradcheck } from './gradcheck.ts';

/** How an op is checked. */
export interface GradcheckOpOptions {
  /** Examples that are drawn; 20 if left out. */
  readonly examples?: number;
  /** Of the examples; 0 if left out. */
  readonly seed?: number;
}

function resultsOn(op: Op<unknown>, random: RandomStream): GradcheckResult[] {
  const { inputs, constants = [], call } = op.example(random);
  const f = (parameters: Parameters): Tensor => call(...Object.values(parameters), ...constants);
  const parameters = Object.fromEntries(inputs.map((input, i) => [`input ${i}`, input]));
  return [gradcheck(f, parameters), gradGradcheck(f, parameters)];
}

/**
 * Compares the first and second derivatives of an op with differences, in both modes, on examples that the op itself gives.
 * @returns the first comparison that fails, or the one that comes closest to failing
 */
export function gradcheckOp(
  op: Op<unknown>,
  { examples = 20, seed = 0 }: GradcheckOpOptions = {},
): GradcheckResult {
  const results = Array.from({ length: examples }, (_, i) =>
    scope(() => resultsOn(op, randomStream(seed, 'gradcheckOp', i))),
  ).flat();
  const share = ({ holds, maxError, tolerance }: GradcheckResult): number =>
    holds ? (maxError === 0 ? 0 : maxError / tolerance) : Number.POSITIVE_INFINITY;
  return results.reduce((worst, result) => (share(result) > share(worst) ? result : worst));
}
