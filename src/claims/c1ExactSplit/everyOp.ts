// The derivatives of every op of the engine against differences.
import { allOps, gradcheck, scope } from '../../autodiff/index.ts';
import { randomStream } from '../../base/random.ts';
import { type Compared, closest } from './labelled.ts';
import type { Named } from './programs.ts';

/** Examples of an op that are checked. Their seeds are fixed: an op gives examples away from kinks, and any would do. */
const EXAMPLES = 2;

/** Both modes of every differentiable op against central differences. */
export function everyOp(): Compared {
  const ops = [...allOps().values()].filter(({ vjp: rule }) => rule !== 'zero');
  const results = ops.flatMap((op) =>
    Array.from({ length: EXAMPLES }, (_, seed) =>
      scope((): Compared => {
        const { inputs, constants = [], call } = op.example(randomStream(seed, op.name));
        const parameters = Object.fromEntries(inputs.map((input, i) => [`input ${i}`, input]));
        const found = gradcheck((p: Named) => call(...Object.values(p), ...constants), parameters);
        const error = found.holds ? found.maxError : Number.POSITIVE_INFINITY;
        return {
          comparison: { measured: found.maxError, expected: 0, error },
          tolerance: { value: found.tolerance, bound: found.bound },
        };
      }),
    ),
  );
  return closest(results);
}
