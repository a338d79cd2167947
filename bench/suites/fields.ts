// Exact and rigorous arithmetic as ratios to float64, measured in turn: GF(2^61 − 1), in which claims are proved, and intervals.
import { intervalField } from '../../src/algebra/interval.ts';
import { primeField } from '../../src/algebra/primeField.ts';
import { backward } from '../../src/attribution/recursions.ts';
import { type ArrayField, float64Field } from '../../src/base/field.ts';
import { randomStream } from '../../src/base/random.ts';
import { compileTree } from '../../src/policy/tree.ts';
import type { BenchCase, PreparedCase, Suite } from '../suite.ts';
import { worstRatio } from './operands.ts';

/** Elements of an array: about the edges of a tree of 10^4 trajectories. */
const ELEMENTS = 10_000;

/** A field, its elements back as numbers, and the bytes of an element. */
interface Timed<A> {
  readonly name: string;
  readonly field: ArrayField<A>;
  readonly numbers: (a: A) => ArrayLike<number>;
  readonly bytes: number;
}

const prime: Timed<ReturnType<typeof primeField.from>> = {
  name: 'GF(p)',
  field: primeField,
  numbers: (a) => primeField.integers(a).map(Number),
  bytes: 12,
};

const interval: Timed<ReturnType<typeof intervalField.from>> = {
  name: 'intervals',
  field: intervalField,
  numbers: ({ lo }) => lo,
  bytes: 16,
};

/** A program over any field, on integers so small that float64 is exact, too. */
type Program = <A>(field: ArrayField<A>) => () => A;

/** The bytes of an element of float64, and those of an index, which all fields read alike. */
const FLOAT64 = 8;
const INDEX = 4;

/** The least ratio where memory is the limit; sums and recursions read an index for each element. */
function leastRatio(bytes: number, name: string): number {
  return name === 'mul' || name === 'div' ? bytes / FLOAT64 : (bytes + INDEX) / (FLOAT64 + INDEX);
}

/** Integers from 1 to 9. */
function integers(n: number, name: string): Float64Array {
  const stream = randomStream(1, `bench fields ${name}`);
  return Float64Array.from({ length: n }, () => 1 + stream.integer(9));
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  mul: (field) => {
    const [a, b] = [field.from(integers(ELEMENTS, 'a')), field.from(integers(ELEMENTS, 'b'))];
    return () => field.mul(a, b);
  },
  div: (field) => {
    const b = field.from(integers(ELEMENTS, 'b'));
    const a = field.mul(field.from(integers(ELEMENTS, 'a')), b);
    return () => field.div(a, b);
  },
  'segment sum': (field) => {
    const a = field.from(integers(ELEMENTS, 'a'));
    const segment = Int32Array.from({ length: ELEMENTS }, (_, i) => Math.floor(i / 10));
    return () => field.segmentSum(a, segment, ELEMENTS / 10);
  },
  'backward recursion': (field) => {
    const graph = compileTree({ attempts: 2, length: 2, vocabulary: 10 });
    const p = field.from(integers(graph.edges, 'p').map((x) => x % 3));
    const leaf = field.from(integers(graph.leaves, 'leaf'));
    return () => backward(field, graph, p, leaf).v;
  },
};

function prepared<A>({ field, numbers }: Timed<A>, program: Program): PreparedCase {
  const run = program(field);
  const against = program(float64Field);
  return {
    run,
    against,
    output: () => numbers(run()),
    judge() {
      const expected = against();
      // Both are exact: the error that may be made is less than one.
      return (found) => worstRatio(found, expected, () => 1e-9);
    },
    release() {},
  };
}

function cases<A>(timed: Timed<A>): BenchCase[] {
  return Object.entries(PROGRAMS).map(([name, program]) => ({
    name: `${timed.name} ${name}`,
    measure: { unit: 'ratio', least: leastRatio(timed.bytes, name) },
    prepare: () => prepared(timed, program),
  }));
}

/** Names: the field and what runs over it. The value is its time over that of the same program in float64: less is better. */
export const fields: Suite = {
  name: 'fields',
  sentence: 'exact and rigorous arithmetic over the same programs in float64',
  cases: [...cases(prime), ...cases(interval)],
  ceilingHow:
    'fields: the bytes of an element over those of float64, 1.5 for GF(p) and 2 for intervals, with those of indices in sums',
  explain: () => [
    'GF(p), p = 2^61 - 1: three limbs an element, nine products and two carries a multiplication, no BigInt.',
    'Division in GF(p) is three multiplications an element and one power for all of them.',
  ],
};
