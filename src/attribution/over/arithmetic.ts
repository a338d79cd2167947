// Small arithmetic over any field of arrays: constants, broadcasts, sums, powers.
import type { ArrayField } from '../../base/field.ts';

/** n copies of an integer [n]. */
export function constant<A>(field: ArrayField<A>, value: number, n: number): A {
  return field.gather(field.from([value]), new Int32Array(n));
}

/** One element [1] repeated [n]. */
export function repeat<A>(field: ArrayField<A>, element: A, n: number): A {
  return field.gather(element, new Int32Array(n));
}

/** The sum of an array of n elements [1]. */
export function total<A>(field: ArrayField<A>, values: A, n: number): A {
  return field.segmentSum(values, new Int32Array(n), 1);
}

/** The sum of the elements at some places [1]. */
export function sumAt<A>(field: ArrayField<A>, values: A, places: Int32Array): A {
  return field.segmentSum(field.gather(values, places), new Int32Array(places.length), 1);
}

/** Integers times the elements of an array, one for each [n]. */
export function times<A>(field: ArrayField<A>, values: A, integers: ArrayLike<number>): A {
  return field.mul(values, field.from(integers));
}

/** The elements of an array over positive integers, one for each [n]; each different integer is divided by once. */
export function dividedBy<A>(field: ArrayField<A>, values: A, integers: Int32Array): A {
  const most = integers.reduce((a, b) => Math.max(a, b), 1);
  const divisors = Int32Array.from({ length: most }, (_, i) => i + 1);
  const inverses = field.div(field.ones(most), field.from(divisors));
  return field.mul(
    values,
    field.gather(
      inverses,
      integers.map((n) => n - 1),
    ),
  );
}

/** x² of every element. */
export function squared<A>(field: ArrayField<A>, values: A): A {
  return field.mul(values, values);
}

/** −x of every element of an array of n. */
export function negative<A>(field: ArrayField<A>, values: A, n: number): A {
  return field.sub(field.from(new Float64Array(n)), values);
}
