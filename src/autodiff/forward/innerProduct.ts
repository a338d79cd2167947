// ⟨a, b⟩ over all parameter groups, in ops, so that it can be differentiated.
import { registry } from '../../ops/registry.ts';
import { type Tensor, zeros } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';
import type { Parameters } from '../trace/parameters.ts';

/** Σ aᵢ·bᵢ as a scalar; a and b have equal shapes. */
export function innerProduct(a: Tensor, b: Tensor): Tensor {
  return apply(registry.sum, [apply(registry.mul, [a, b], {})], { start: 0, end: a.shape.length });
}

/** The sum of the inner products of all groups; f64 zero if there are none. */
export function innerProductOfGroups<P extends Parameters>(a: P, b: P): Tensor {
  let total: Tensor | undefined;
  for (const [key, value] of Object.entries(a)) {
    const product = innerProduct(value, b[key]!);
    total = total === undefined ? product : apply(registry.add, [total, product], {});
  }
  return total ?? zeros([]);
}
