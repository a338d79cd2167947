// Reverse mode with labelled cotangents: one stored forward pass, a gradient per label and parameter group.
import { InputError } from '../../base/errors.ts';
import { scope } from '../../tensor/scope.ts';
import { Tensor, zeros } from '../../tensor/tensor.ts';
import { dependents, indexIn } from '../trace/graph.ts';
import { isRecorded, nodeOf } from '../trace/node.ts';
import type { RowTerms } from '../trace/op.ts';
import { checkDirection, mapGroups, type Parameters } from '../trace/parameters.ts';
import { trace } from '../trace/trace.ts';
import { seedsApart, sharedSeeds, sweepLabels } from './labels/sweepLabels.ts';
import { sweep } from './sweep.ts';

/**
 * A gradient, or a share of one: as it is, or as terms over rows that are not yet added up, from which norms and inner products can be
 * taken without it.
 */
export type GradientShare = RowTerms | { readonly kind: 'dense'; readonly gradient: Tensor };

/** A value, and the map from cotangents of it to gradients of the parameters. */
export interface Vjp<P extends Parameters> {
  /** f(parameters), of whatever shape f gives. */
  readonly value: Tensor;
  /**
   * Jᵀ·cotangent for every label, per parameter group; zeros where nothing flows. Linear, so that the results of the
   * labels add up to the result of the sum of their cotangents. May be called many times, as long as the scope in which
   * `vjp` was called is open.
   * @throws ShapeError if a cotangent has not the type and shape of the value, naming the label
   */
  pullback<L extends string>(cotangents: Readonly<Record<L, Tensor>>): Record<L, P>;
  /**
   * The same, parameter group by parameter group, without holding all of it: `take` is called with each group's share of the gradient as
   * soon as the sweep has it, for all labels at once, and the share is freed after the call. The gradient is the sum of a group's shares:
   * one for each op that uses it, as terms over rows where the op can say these, and at last the rest. Labels of which nothing flows there
   * are left out; so are groups that have no label. Added up a share has its group's shape. Inside other transforms all shares are dense.
   * @param along a group whose rows terms are to have: only ops of which an input depends on it give terms; every op if left out
   * @throws ShapeError as `pullback`
   */
  reduce<L extends string>(
    cotangents: Readonly<Record<L, Tensor>>,
    take: (group: keyof P & string, shares: Readonly<Partial<Record<L, GradientShare>>>) => void,
    along?: keyof P & string,
  ): void;
}

/**
 * Reverse mode with labels: runs f once, keeps what its derivative needs, and gives one gradient per label and parameter group. It can be
 * nested with every other transform. What it keeps lives until the scope around the call ends.
 * @param f from a record of tensors, one per parameter group, to a tensor
 * @returns the value, of any shape, and the pullback from cotangents of that shape to gradients of the parameters' shapes
 * @throws InputError if a parameter is i32 or f returns no tensor
 * @example
 * ```ts
 * import { mul, tensor, vjp } from 'gradsplit/autodiff';
 * const { value, pullback } = vjp(({ x }) => mul(x, x), { x: tensor([1, 2, 3]) });
 * value.readSync(); // → [1, 4, 9]
 * const { reward, kl } = pullback({ reward: tensor([1, 0, 0]), kl: tensor([0, 1, 1]) });
 * reward.x.readSync(); // → [2, 0, 0]
 * kl.x.readSync(); // → [0, 4, 6]
 * ```
 */
export function vjp<P extends Parameters>(f: (parameters: P) => Tensor, parameters: P): Vjp<P> {
  const { result: value, leaves, graph } = trace('vjp', f, parameters);
  if (!(value instanceof Tensor)) throw new InputError('vjp: the function must return a tensor');
  const output = nodeOf(value);
  const checkedLabels = <L extends string>(cotangents: Readonly<Record<L, Tensor>>): L[] => {
    const labels = Object.keys(cotangents) as L[];
    for (const label of labels) {
      checkDirection(`vjp: the cotangent "${label}"`, cotangents[label], 'the value', value);
    }
    return labels;
  };
  return {
    value,
    pullback<L extends string>(cotangents: Readonly<Record<L, Tensor>>): Record<L, P> {
      const labels = checkedLabels(cotangents);
      return scope(() => {
        const seeds = labels.map((label) => cotangents[label]);
        const shared = sharedSeeds(output, seeds);
        const swept =
          shared === undefined
            ? seeds.map((seed, l) => sweep(graph, output, seed, labels[l]!))
            : sweepLabels(graph, output, shared, labels);
        const gradients = labels.map((label, l) => [
          label,
          mapGroups(parameters, ({ shape, dtype }, key) => {
            const index = indexIn(graph, leaves[key]);
            return (index < 0 ? undefined : swept[l]![index]) ?? zeros(shape, dtype);
          }),
        ]);
        return Object.fromEntries(gradients) as Record<L, P>;
      });
    },
    reduce<L extends string>(
      cotangents: Readonly<Record<L, Tensor>>,
      take: (group: keyof P & string, shares: Readonly<Partial<Record<L, GradientShare>>>) => void,
      along?: keyof P & string,
    ): void {
      const labels = checkedLabels(cotangents);
      const isAlong = along === undefined ? undefined : dependents(graph, indexIn(graph, leaves[along]));
      const accepts = (node: number): boolean => isAlong === undefined || isAlong[node] === 1;
      const groups = new Map(Object.entries(leaves).map(([group, leaf]) => [indexIn(graph, leaf), group]));
      const give = (leaf: number, shares: readonly (GradientShare | undefined)[]): void => {
        const found = labels.flatMap((label, l) => (shares[l] === undefined ? [] : [[label, shares[l]]]));
        if (found.length > 0) take(groups.get(leaf)!, Object.fromEntries(found));
      };
      scope(() => {
        const seeds = labels.map((label) => cotangents[label]);
        const isNested = [value, ...seeds].some((x) => isRecorded(x) || x.exampleOf !== undefined);
        const swept = sweepLabels(
          graph,
          output,
          seedsApart(seeds),
          labels,
          isNested ? undefined : { accepts, take: give },
        );
        for (const leaf of groups.keys()) {
          const rest = swept.map((cotangents) => cotangents[leaf]);
          give(
            leaf,
            rest.map((gradient) => gradient && { kind: 'dense', gradient }),
          );
        }
      });
    },
  };
}
