// Gradients of scalar functions.
import { ShapeError, showShape } from '../../base/errors.ts';
import { scope } from '../../tensor/scope.ts';
import { ones, type Tensor } from '../../tensor/tensor.ts';
import type { Parameters } from '../trace/parameters.ts';
import { vjp } from './vjp.ts';

/**
 * The function that gives f(parameters) and ∇f(parameters), per parameter group.
 * @throws ShapeError (when called) if f does not return a scalar
 */
export function valueAndGrad<P extends Parameters>(
  f: (parameters: P) => Tensor,
): (parameters: P) => { value: Tensor; gradient: P } {
  return (parameters) =>
    scope(() => {
      const { value, pullback } = vjp(f, parameters);
      if (value.shape.length !== 0) {
        throw new ShapeError(
          `grad: the function must return a scalar [], found shape ${showShape(value.shape)}`,
        );
      }
      const { gradient } = pullback({ gradient: ones([], value.dtype) });
      return { value, gradient };
    });
}

/**
 * The function that gives ∇f(parameters), per parameter group.
 * @throws ShapeError (when called) if f does not return a scalar
 */
export function grad<P extends Parameters>(f: (parameters: P) => Tensor): (parameters: P) => P {
  const both = valueAndGrad(f);
  return (parameters) => scope(() => both(parameters).gradient);
}
