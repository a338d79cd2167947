// Parameters and gradients asked for by group, by prefix, by label: pure functions of records keyed by paths.
// A path is steps separated by dots. Its last step is the parameter's name, and what comes before it is the group.
import { add, type Parameters, type Tensor } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';

/**
 * The group of a parameter: its path without the last step.
 * @example
 * ```ts
 * import { groupOf } from 'gradsplit/nn';
 * groupOf('block0.attention.query.weight'); // → 'block0.attention.query'
 * ```
 */
export function groupOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** Every beginning of a path: `a`, `a.b`, `a.b.c`. */
function beginnings(path: string): string[] {
  const steps = path.split('.');
  return steps.map((_, i) => steps.slice(0, i + 1).join('.'));
}

/**
 * The entries at or below a path: `block0` selects all of the first block and nothing of `block01`.
 * @param values by parameter path: tensors, or anything else that belongs to parameters
 * @throws InputError if nothing lies there
 * @example
 * ```ts
 * import { withPrefix } from 'gradsplit/nn';
 * withPrefix({ 'block0.norm1.weight': 1, 'block01.norm1.weight': 2 }, 'block0'); // → { 'block0.norm1.weight': 1 }
 * ```
 */
export function withPrefix<V>(values: Readonly<Record<string, V>>, prefix: string): Record<string, V> {
  const found = Object.entries(values).filter(([path]) => path === prefix || path.startsWith(`${prefix}.`));
  if (found.length === 0) {
    const known = Object.keys(values).flatMap(beginnings);
    throw new InputError(`there is no parameter or group ${showValue(prefix)}${suggest(prefix, known)}`);
  }
  return Object.fromEntries(found);
}

/**
 * The record split into its groups, in the order of their first appearance. Paths stay whole.
 * @example
 * ```ts
 * import { byGroup } from 'gradsplit/nn';
 * byGroup({ 'norm.weight': 1, 'norm.bias': 2 }); // → { norm: { 'norm.weight': 1, 'norm.bias': 2 } }
 * ```
 */
export function byGroup<V>(values: Readonly<Record<string, V>>): Record<string, Record<string, V>> {
  const groups: Record<string, Record<string, V>> = {};
  for (const [path, value] of Object.entries(values)) {
    groups[groupOf(path)] = { ...groups[groupOf(path)], [path]: value };
  }
  return groups;
}

/**
 * The sum over labels of what a pullback returned: the gradient of these labels together.
 * @param gradients per label a record with the same keys and shapes
 * @param labels all labels if left out
 * @throws InputError if there is no such label, or no label at all
 * @example
 * ```ts
 * import { tensor } from 'gradsplit/autodiff';
 * import { sumOfLabels } from 'gradsplit/nn';
 * const total = sumOfLabels({ sample: { w: tensor([1, 2]) }, decision: { w: tensor([10, 20]) } });
 * total.w.readSync(); // → [11, 22]
 * ```
 */
export function sumOfLabels<P extends Parameters>(
  gradients: Readonly<Record<string, P>>,
  labels: readonly string[] = Object.keys(gradients),
): P {
  const terms = labels.map((label) => {
    const term = Object.hasOwn(gradients, label) ? gradients[label] : undefined;
    if (term !== undefined) return term;
    throw new InputError(`there is no label ${showValue(label)}${suggest(label, Object.keys(gradients))}`);
  });
  const [first, ...rest] = terms;
  if (first === undefined) throw new InputError('sumOfLabels: expected at least one label, found none');
  const total = (path: string): Tensor => rest.reduce((sum, term) => add(sum, term[path]!), first[path]!);
  return Object.fromEntries(Object.keys(first).map((path) => [path, total(path)])) as P;
}
