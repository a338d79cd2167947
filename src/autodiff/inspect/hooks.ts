// Hooks: functions that see, and may replace, the cotangent of a tensor as the backward pass reaches it.
import { InputError } from '../../base/errors.ts';
import { currentLevel } from '../../tensor/level.ts';
import type { GraphNode, Tensor } from '../../tensor/tensor.ts';
import { isTracked } from '../trace/examples.ts';
import { nameOf } from '../trace/names.ts';
import { checkDirection } from '../trace/parameters.ts';

/**
 * A function that sees the finished cotangent of a label, of the shape of its tensor. What it returns takes the cotangent's place.
 */
export type CotangentHook = (cotangent: Tensor, label: string) => Tensor | undefined;

const hooks = new WeakMap<GraphNode, CotangentHook[]>();

/**
 * Calls `hook` with the finished cotangent of x, once per label, in every backward pass that reaches x. Later hooks see what earlier ones
 * returned. Outside every transform there is no backward pass, and nothing is called. In second derivatives a replacement that depends on
 * the parameters is differentiated as what it is.
 * @param x a tensor of any shape inside a differentiated function, most often from `named`
 * @returns x
 * @throws InputError inside vmap, where only a transform outside has a cotangent of x (it has one of the whole stack)
 * @example
 * ```ts
 * import { clamp, grad, mul, onCotangent, sum, tensor } from 'gradsplit/autodiff';
 * const gradient = grad(({ x }) => sum(mul(onCotangent(mul(x, 1), (c) => clamp(c, -1, 1)), 5)))({ x: tensor([2]) });
 * gradient.x.readSync(); // → [1]
 * ```
 */
export function onCotangent(x: Tensor, hook: CotangentHook): Tensor {
  if (x.node === undefined && isTracked(x, currentLevel())) {
    throw new InputError(
      `onCotangent: the cotangent of ${x.origin} belongs to a transform outside vmap; hook what vmap returns`,
    );
  }
  if (x.node !== undefined) hooks.set(x.node, [...(hooks.get(x.node) ?? []), hook]);
  return x;
}

/** For the sweep: whether a node has hooks. */
export function isHooked(node: GraphNode): boolean {
  return hooks.has(node);
}

/**
 * For the sweep: the cotangent after all hooks of a node.
 * @throws ShapeError if a hook returns a tensor of another type or shape
 */
export function hooked(node: GraphNode, cotangent: Tensor, label: string): Tensor {
  let current = cotangent;
  for (const hook of hooks.get(node) ?? []) {
    const next = hook(current, label);
    if (next === undefined) continue;
    const what = `onCotangent: what the hook of ${nameOf(node) ?? `node ${node.id}`} returned`;
    checkDirection(what, next, 'the cotangent', cotangent);
    current = next;
  }
  return current;
}
