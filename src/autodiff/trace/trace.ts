// Running a function one level deeper on parameters of its own, and the graph that this leaves.
import { InputError } from '../../base/errors.ts';
import { registry } from '../../ops/registry.ts';
import { oneLevelDeeper } from '../../tensor/level.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { type Graph, graphBetween } from './graph.ts';
import { type Node, recordLeaf } from './node.ts';
import { checkParameters, mapGroups, type Parameters } from './parameters.ts';

/** What a transform works on. */
export interface Trace<P extends Parameters, T> {
  readonly result: T;
  readonly leaves: { readonly [K in keyof P]: Node };
  readonly graph: Graph;
}

/**
 * Calls f on fresh leaves, one per parameter: identities that continue the graph of an outer transform, and behind which
 * the inner one does not look. That keeps nested derivatives apart.
 * @throws InputError if a parameter is i32, or f does not return a tensor (or a record of tensors)
 */
export function trace<P extends Parameters, T extends Tensor | Parameters>(
  transform: string,
  f: (parameters: P) => T,
  parameters: P,
): Trace<P, T> {
  checkParameters(transform, parameters);
  return oneLevelDeeper(() => {
    const inner = mapGroups(parameters, (parameter) => parameter.share(parameter.shape, 'parameter'));
    const leaves = mapGroups(parameters, (parameter, key) =>
      recordLeaf(registry.identity, parameter, inner[key]),
    );
    const result = f(inner as P);
    const outputs = outputsOf(result);
    if (outputs === undefined) throw new InputError(`${transform}: the function must return a tensor`);
    return { result, leaves, graph: graphBetween(Object.values(leaves), outputs) };
  });
}

/** The tensors of a result; undefined if it is anything else than a tensor or a record of tensors. */
function outputsOf(result: unknown): readonly Tensor[] | undefined {
  if (result instanceof Tensor) return [result];
  if (typeof result !== 'object' || result === null) return undefined;
  const outputs: unknown[] = Object.values(result);
  return outputs.every((output) => output instanceof Tensor) ? outputs : undefined;
}

/**
 * An op's composition of primitives, traced on fresh leaves in the place of the wanted inputs.
 * @returns the leaf of every wanted input, by its position
 */
export function traceInputs(
  { op, inputs, attributes }: Node,
  wanted: readonly number[],
): Trace<Readonly<Record<number, Tensor>>, Tensor> {
  const places = Object.fromEntries(wanted.map((i) => [i, inputs[i]!]));
  return trace(
    op.name,
    (leaves: Readonly<Record<number, Tensor>>) =>
      op.decompose!(
        inputs.map((input, i) => leaves[i] ?? input),
        attributes,
      ),
    places,
  );
}
