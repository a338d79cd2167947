// Dual numbers a + b·ε with ε² = 0 over any field of arrays: a program that runs over them computes its derivative along a
// direction beside its value. Over dual numbers again they give second derivatives.
import type { ArrayField } from '../base/field.ts';

/** value + slope·ε, element by element. */
export interface Dual<A> {
  readonly value: A;
  readonly slope: A;
}

/** Dual numbers over a field, with the numbers of the field as constants. */
export interface DualField<A> extends ArrayField<Dual<A>> {
  /** The constants a + 0·ε. */
  constant(a: A): Dual<A>;
}

/**
 * The dual numbers over a field, by arrays. A function f of `{value: x, slope: u}` has the value f(x) and the slope ∂f(x)·u.
 * @param base the field; its arrays may themselves be of dual numbers
 */
export function dualField<A>(base: ArrayField<A>): DualField<A> {
  const zip =
    (value: (a: A, b: A) => A, slope: (a: Dual<A>, b: Dual<A>, value: A) => A) =>
    (a: Dual<A>, b: Dual<A>): Dual<A> => {
      const v = value(a.value, b.value);
      return { value: v, slope: slope(a, b, v) };
    };
  const both = (f: (a: A) => A, { value, slope }: Dual<A>): Dual<A> => ({ value: f(value), slope: f(slope) });
  const constant = (value: A): Dual<A> => ({ value, slope: base.sub(value, value) });
  return {
    constant,
    from: (values) => constant(base.from(values)),
    ones: (n) => constant(base.ones(n)),
    gather: (a, index) => both((x) => base.gather(x, index), a),
    slice: (a, from, to) => both((x) => base.slice(x, from, to), a),
    concat: (parts) => ({
      value: base.concat(parts.map(({ value }) => value)),
      slope: base.concat(parts.map(({ slope }) => slope)),
    }),
    add: zip(
      (x, y) => base.add(x, y),
      (a, b) => base.add(a.slope, b.slope),
    ),
    sub: zip(
      (x, y) => base.sub(x, y),
      (a, b) => base.sub(a.slope, b.slope),
    ),
    mul: zip(
      (x, y) => base.mul(x, y),
      (a, b) => base.add(base.mul(a.slope, b.value), base.mul(a.value, b.slope)),
    ),
    div: zip(
      (x, y) => base.div(x, y),
      (a, b, value) => base.div(base.sub(a.slope, base.mul(value, b.slope)), b.value),
    ),
    segmentSum: (a, segment, segments) => both((x) => base.segmentSum(x, segment, segments), a),
  };
}
