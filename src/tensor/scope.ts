// Memory by scopes: what is made inside and not returned is freed at the end.
import { closeFrame, isHeld, type Member, openFrame } from './frame.ts';
import { currentLevel } from './level.ts';
import { Tensor } from './tensor.ts';

/** The tensors in nested arrays and plain objects. */
function tensorsIn(result: unknown): Set<Tensor> {
  const found = new Set<Tensor>();
  const seen = new Set<object>();
  const open: unknown[] = [result];
  while (open.length > 0) {
    const value = open.pop();
    if (value instanceof Tensor) found.add(value);
    else if (isContainer(value) && !seen.has(value)) {
      seen.add(value);
      for (const inner of Object.values(value)) open.push(inner);
    }
  }
  return found;
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** A kept tensor that no running transform tracks lets go of its graph, so that the graph can be collected. */
function forgetFinishedGraph(tensor: Tensor): void {
  if (tensor.node !== undefined && tensor.node.level > currentLevel()) tensor.node = undefined;
}

/**
 * Runs `body` and then frees every tensor made inside, except those in its result (a tensor, or arrays and plain objects of tensors,
 * nested), which move to the enclosing scope. What the graph of a running transform needs moves there too, so a scope inside a
 * differentiated function is safe. After an exception everything is freed.
 * @throws Error if `body` returns a promise: a scope is synchronous
 * @example
 * ```ts
 * import { mul, scope, sum, tensor } from 'gradsplit/autodiff';
 * const total = scope(() => {
 *   const x = tensor([1, 2, 3]); // freed at the end, like the product
 *   return sum(mul(x, x));
 * });
 * total.item(); // → 14
 * ```
 */
export function scope<T>(body: () => T): T {
  const frame = openFrame();
  let stays: (member: Member) => boolean = () => false;
  try {
    const result = body();
    if (result instanceof Promise) throw new Error('scope: the body must be synchronous, found a promise');
    const kept: ReadonlySet<Member> = tensorsIn(result);
    for (const tensor of kept) forgetFinishedGraph(tensor as Tensor);
    stays = (member) => kept.has(member) || isHeld(member);
    return result;
  } finally {
    closeFrame(frame, stays);
  }
}
