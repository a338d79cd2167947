// Examples of ops as functions of parameter groups, and the numbers that different routes through them must agree on.

import { roundingError } from '../../src/autodiff/checks/rounding.ts';
import { innerProduct, innerProductOfGroups } from '../../src/autodiff/forward/innerProduct.ts';
import { jvp, type Tensor, tensor, vjp } from '../../src/autodiff/index.ts';
import type { Example } from '../../src/autodiff/trace/op.ts';
import { mapGroups } from '../../src/autodiff/trace/parameters.ts';
import { randomStream } from '../../src/base/random.ts';
import type { FloatType } from '../../src/kernels/interface.ts';

export type Groups = Record<string, Tensor>;

function groupsOf(prefix: string, tensors: readonly Tensor[]): Groups {
  return Object.fromEntries(tensors.map((x, i) => [`${prefix}${i}`, x]));
}

/** The groups whose names start with a prefix. */
function startingWith(prefix: string, groups: Groups): Groups {
  return Object.fromEntries(Object.entries(groups).filter(([key]) => key.startsWith(prefix)));
}

/** An example as a function of a record of parameters. */
export function asFunction({ inputs, constants = [], call }: Example): {
  f: (parameters: Groups) => Tensor;
  parameters: Groups;
} {
  return { f: (p) => call(...Object.values(p), ...constants), parameters: groupsOf('p', inputs) };
}

/** Normal values of the shape of a tensor, in f64. */
function normalLike(like: Tensor, seed: number): Tensor {
  const random = randomStream(seed, 'normalLike');
  return tensor(
    Float64Array.from({ length: like.size }, () => random.normal()),
    { shape: like.shape },
  );
}

/** Copies on the kernels in use, floats rounded to a type. */
export function inType(groups: Groups, dtype: FloatType): Groups {
  return mapGroups(groups, (x) =>
    tensor(x.readSync(), { shape: x.shape, dtype: x.dtype === 'i32' ? 'i32' : dtype }),
  );
}

/** A scalar computed from everything an example needs. */
export type Route = (all: Groups) => Tensor;

/**
 * ⟨c, f(p)⟩, ⟨vjp(c), v⟩ and ⟨c, jvp(v)⟩, the last two of which are equal, as functions of p, c and v together, so that
 * the running error analysis sees every op of theirs. Names in `all` start with p, v, c, or k (constants).
 */
export function routes({ inputs, constants = [], call }: Example): {
  all: Groups;
  value: Route;
  reverse: Route;
  forward: Route;
} {
  const f = (all: Groups) => (p: Groups) =>
    call(...Object.values(p), ...Object.values(startingWith('k', all)));
  const tangents = inputs.map(normalLike);
  return {
    all: {
      ...groupsOf('p', inputs),
      ...groupsOf('v', tangents),
      ...groupsOf('k', constants),
      c: normalLike(call(...inputs, ...constants), -1),
    },
    value: (all) => innerProduct(f(all)(startingWith('p', all)), all.c!),
    reverse: (all) => {
      const { c } = vjp(f(all), startingWith('p', all)).pullback({ c: all.c! });
      // Keys of the gradient are p0, p1, …, those of the direction v0, v1, …
      return innerProductOfGroups(groupsOf('v', Object.values(c)), startingWith('v', all));
    },
    forward: (all) => {
      const tangents = groupsOf('p', Object.values(startingWith('v', all)));
      return innerProduct(jvp(f(all), startingWith('p', all), tangents).tangent, all.c!);
    },
  };
}

/** A bound of the rounding error of a route in float64; one in float32 has 2²⁹ times that. */
export function roundingOf(route: Route, all: Groups): number {
  const constants = startingWith('k', all);
  const variables = Object.fromEntries(Object.entries(all).filter(([key]) => !(key in constants)));
  return roundingError((p: Groups) => route({ ...p, ...constants }), variables, tensor(1));
}

/** ε of float32 over ε of float64. */
export const SINGLE: number = 2 ** 29;
