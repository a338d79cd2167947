// Who owns a cotangent on its way through the graph. The sweep owns it: no scope frees it, until the sweep has passed it on.
import { registry } from '../../ops/registry.ts';
import { enlist, isHeld, unlist } from '../../tensor/frame.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { apply } from '../trace/apply.ts';

/** `before` + `term`, owned by the sweep, which `before` no longer is. The term was made in the innermost frame. */
export function accumulate(before: Tensor | undefined, term: Tensor): Tensor {
  if (before === undefined) return own(term);
  const total = own(apply(registry.add, [before, term], {}));
  release(before);
  return total;
}

/** The tensor itself if it was made in the innermost frame; else it belongs to somebody, and this is another on its memory. */
export function own(tensor: Tensor): Tensor {
  if (unlist(tensor)) return tensor;
  const alias = tensor.share(tensor.shape, tensor.origin);
  alias.node = tensor.node;
  unlist(alias);
  return alias;
}

/** Frees a cotangent that the sweep owned; one that an outer graph needs goes to the scope around. */
export function release(cotangent: Tensor): void {
  if (isHeld(cotangent)) handOver(cotangent);
  else cotangent.dispose();
}

/** Leaves a cotangent to the scope around. */
export function handOver(cotangent: Tensor): void {
  enlist(cotangent);
}
