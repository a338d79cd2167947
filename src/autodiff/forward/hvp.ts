// Hessian times vector, by two routes that must agree.
import { scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { grad } from '../reverse/grad.ts';
import type { Parameters } from '../trace/parameters.ts';
import { innerProductOfGroups } from './innerProduct.ts';
import { jvp } from './jvp.ts';

/**
 * The Hessian-vector product ∇²f·v = d/ds ∇f(p + s·v) at s = 0: forward over reverse, the cheap route.
 * Source: Pearlmutter, "Fast exact multiplication by the Hessian", 1994.
 * @param f a scalar function
 * @param tangents v, one tensor of its shape per parameter
 * @throws ShapeError if f does not return a scalar or v does not fit the parameters
 * @example
 * ```ts
 * import { hvp, mul, sum, tensor } from 'gradsplit/autodiff';
 * const cubes = ({ x }: { x: ReturnType<typeof tensor> }) => sum(mul(x, mul(x, x)));
 * const product = hvp(cubes, { x: tensor([1, 2]) }, { x: tensor([1, 0]) });
 * product.x.readSync(); // → [6, 0]
 * ```
 */
export function hvp<P extends Parameters>(f: (parameters: P) => Tensor, parameters: P, tangents: P): P {
  return scope(() => jvp(grad(f), parameters, tangents).tangent);
}

/**
 * The Hessian-vector product ∇²f·v = ∇⟨∇f, v⟩: reverse over reverse, the second route.
 * @param f a scalar function
 * @param tangents v, one tensor of its shape per parameter
 * @throws ShapeError if f does not return a scalar or v does not fit the parameters
 */
export function hvpReverse<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  tangents: P,
): P {
  return grad((inner: P) => innerProductOfGroups(grad(f)(inner), tangents))(parameters);
}
