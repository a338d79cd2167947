// Hessian times vector by every order of the two modes. They must agree; `hvp` is the one to use.

import { hvp, hvpReverse } from '../../../src/autodiff/forward/hvp.ts';
import { jvp } from '../../../src/autodiff/forward/jvp.ts';
import { grad } from '../../../src/autodiff/reverse/grad.ts';
import { mapGroups, type Parameters } from '../../../src/autodiff/trace/parameters.ts';
import { ShapeError, showShape } from '../../../src/base/errors.ts';
import { scope } from '../../../src/tensor/scope.ts';
import { type Tensor, tensor } from '../../../src/tensor/tensor.ts';

/** ∇²f·v for scalar f. */
export type HessianRoute = <P extends Parameters>(f: (parameters: P) => Tensor, parameters: P, v: P) => P;

/**
 * ∇²f·v = ∇(∂_v f): reverse over forward.
 * @param f scalar function
 * @param v one tensor of its shape per parameter
 * @throws ShapeError if f does not return a scalar or v does not fit the parameters
 */
export function hvpReverseOverForward<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  v: P,
): P {
  return grad((inner: P) => slope(f, inner, v))(parameters);
}

/**
 * (∇²f·v)_i = ∂_{e_i} ∂_v f for every coordinate i: forward over forward, as many passes as there are parameters.
 * @param f scalar function
 * @param v one tensor of its shape per parameter
 * @throws ShapeError if f does not return a scalar or v does not fit the parameters
 */
export function hvpForwardOverForward<P extends Parameters>(
  f: (parameters: P) => Tensor,
  parameters: P,
  v: P,
): P {
  return mapGroups(parameters, ({ shape, dtype, size }, key) => {
    const entries = Array.from({ length: size }, (_, i) =>
      scope(() => {
        const along = mapGroups(parameters, (p, other) => unit(p, other === key ? i : -1)) as P;
        return slope((inner: P) => slope(f, inner, v), parameters, along).item();
      }),
    );
    return tensor(entries, { shape, dtype });
  }) as P;
}

/** The tensor that is 1 at position i and 0 elsewhere. */
function unit({ size, shape, dtype }: Tensor, i: number): Tensor {
  return tensor(
    Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
    { shape, dtype },
  );
}

/** ∂_v f, a scalar. */
function slope<P extends Parameters>(f: (parameters: P) => Tensor, parameters: P, v: P): Tensor {
  const { value, tangent } = jvp(f, parameters, v);
  if (value.shape.length !== 0) {
    throw new ShapeError(`hvp: the function must return a scalar [], found shape ${showShape(value.shape)}`);
  }
  return tangent;
}

/** All four, by name. */
export const hessianRoutes: Readonly<Record<string, HessianRoute>> = {
  'forward over reverse': hvp,
  'reverse over reverse': hvpReverse,
  'reverse over forward': hvpReverseOverForward,
  'forward over forward': hvpForwardOverForward,
};
