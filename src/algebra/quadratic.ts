// Numbers x + y·s with s² = v over a field of arrays: a square root that is no element of the field, such as a standard deviation, as a
// symbol with the one relation that it has.
import type { ArrayField } from '../base/field.ts';

/** plain + ofRoot·s, element by element. */
export interface Quadratic<A> {
  readonly plain: A;
  readonly ofRoot: A;
  /** The number of elements. */
  readonly length: number;
}

/** The numbers x + y·s over a field, with the numbers of the field as those without s. */
export interface QuadraticField<A> extends ArrayField<Quadratic<A>> {
  /** a + 0·s of an array of n elements. */
  constant(a: A, n: number): Quadratic<A>;
  /** n copies of the root s. */
  roots(n: number): Quadratic<A>;
}

/**
 * F[s]/(s² − v) over a field F, by arrays. What holds there holds for both roots of v, so that nothing depends on the sign of a root.
 * It is a field if v is no square of F; otherwise some elements other than 0 have no inverse, and `div` throws what F throws at a zero.
 * @param base the field F
 * @param square v [1]
 */
export function quadraticField<A>(base: ArrayField<A>, square: A): QuadraticField<A> {
  type Q = Quadratic<A>;
  const map = (f: (x: A) => A, { plain, ofRoot }: Q, length: number): Q => ({
    plain: f(plain),
    ofRoot: f(ofRoot),
    length,
  });
  const zip =
    (f: (x: A, y: A) => A) =>
    (a: Q, b: Q): Q => ({ plain: f(a.plain, b.plain), ofRoot: f(a.ofRoot, b.ofRoot), length: a.length });
  const scaled = (x: A, n: number): A => base.mul(x, base.gather(square, new Int32Array(n)));
  const constant = (a: A, n: number): Q => ({ plain: a, ofRoot: base.from(new Float64Array(n)), length: n });
  const mul = (a: Q, b: Q): Q => ({
    plain: base.add(base.mul(a.plain, b.plain), scaled(base.mul(a.ofRoot, b.ofRoot), a.length)),
    ofRoot: base.add(base.mul(a.plain, b.ofRoot), base.mul(a.ofRoot, b.plain)),
    length: a.length,
  });
  /** 1/(x + y·s) = (x − y·s)/(x² − v·y²). */
  const inverse = ({ plain, ofRoot, length }: Q): Q => {
    const norm = base.sub(base.mul(plain, plain), scaled(base.mul(ofRoot, ofRoot), length));
    const minus = base.sub(base.from(new Float64Array(length)), ofRoot);
    return { plain: base.div(plain, norm), ofRoot: base.div(minus, norm), length };
  };
  return {
    constant,
    roots: (n) => ({ plain: base.from(new Float64Array(n)), ofRoot: base.ones(n), length: n }),
    from: (values) => constant(base.from(values), values.length),
    ones: (n) => constant(base.ones(n), n),
    gather: (a, index) => map((x) => base.gather(x, index), a, index.length),
    slice: (a, from, to) => map((x) => base.slice(x, from, to), a, Math.min(to, a.length) - from),
    concat: (parts) => ({
      plain: base.concat(parts.map(({ plain }) => plain)),
      ofRoot: base.concat(parts.map(({ ofRoot }) => ofRoot)),
      length: parts.reduce((n, { length }) => n + length, 0),
    }),
    add: zip((x, y) => base.add(x, y)),
    sub: zip((x, y) => base.sub(x, y)),
    mul,
    div: (a, b) => mul(a, inverse(b)),
    segmentSum: (a, segment, segments) => map((x) => base.segmentSum(x, segment, segments), a, segments),
  };
}
