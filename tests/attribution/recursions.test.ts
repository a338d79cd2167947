// The recursions on a trajectory graph against listed trajectories, exactly: over the rationals, a prime field, logarithms.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alongTrajectories, backward, occupancy } from '../../src/attribution/recursions.ts';
import { type ArraySemiring, float64Field, logSemiring } from '../../src/base/field.ts';
import { randomStream } from '../../src/base/random.ts';
import type { TrajectoryGraph } from '../../src/policy/graph.ts';
import { paddingFamily, paddingMember } from '../../src/policy/padding.ts';
import type { PolicyShape } from '../../src/policy/shape.ts';
import { compileTree } from '../../src/policy/tree.ts';
import { enumerate, type World } from '../oracle/bruteForce.ts';
import { drawPolicy, shapesUpTo } from '../oracle/policies.ts';
import {
  inPrimeField,
  Opaque,
  primeField,
  type Rational,
  rational,
  rationalField,
  rationals,
} from './exactFields.ts';

const { add, mul, div, zero, one } = rationals;
const total = (xs: readonly Rational[]): Rational => xs.reduce(add, zero);
const value = ([n, d]: Rational): number => Number(n) / Number(d);

/** Small integer weights per row of a tree make rational probabilities; rewards are small integers. */
interface Problem {
  readonly graph: TrajectoryGraph;
  readonly world: World;
  /** [edges] */
  readonly prob: readonly Rational[];
  readonly reward: readonly Rational[];
  /** [leaves] */
  readonly leaf: readonly Rational[];
  /** Edges of each trajectory, by the place of its choices in the canonical order of rows. */
  readonly paths: readonly (readonly number[])[];
}

function problemOf(shape: PolicyShape, seed: number): Problem {
  const graph = compileTree(shape);
  const world = enumerate(drawPolicy(shape, 2));
  const random = randomStream(seed, 'tests/program');
  const integers = (n: number, from: number): bigint[] =>
    Array.from({ length: n }, () => BigInt(from + random.integer(9)));
  const first = new Map<string, number>();
  const bySlot: Rational[] = [];
  for (const [id, row] of world.policy.prob) {
    first.set(id, bySlot.length);
    const weights = integers(row.length, 1);
    const sum = weights.reduce((a, b) => a + b);
    bySlot.push(...weights.map((w) => rational(w, sum)));
  }
  const edgeOfSlot = new Map([...graph.slot].map((slot, edge) => [slot, edge]));
  return {
    graph,
    world,
    prob: Array.from(graph.slot, (slot) => bySlot[slot]!),
    reward: integers(graph.edges, -4).map((r) => rational(r)),
    leaf: integers(graph.leaves, -4).map((r) => rational(r)),
    paths: world.trajectories.map(({ choices }) =>
      choices.map(
        ({ component, history, action }) => edgeOfSlot.get(first.get(`${component}:${history}`)! + action)!,
      ),
    ),
  };
}

/** Occupancies and values by listing trajectories: an edge's are those of the trajectories that pass it. */
function listed({ graph, prob, reward, leaf, paths }: Problem) {
  const along = paths.map((path) => path.map((e) => prob[e]!).reduce(mul, one));
  const reach = Array.from({ length: graph.edges }, () => zero);
  const returns = Array.from({ length: graph.edges }, () => zero);
  paths.forEach((path, i) => {
    for (let t = path.length - 1, rest = leaf[i]!; t >= 0; t--) {
      const edge = path[t]!;
      rest = add(rest, reward[edge]!);
      reach[edge] = add(reach[edge]!, along[i]!);
      returns[edge] = add(returns[edge]!, mul(along[i]!, rest));
    }
  });
  const byNode = (xs: readonly Rational[]): Rational[] =>
    graph.layers.flatMap(({ edgeStart, nodes, arity }) =>
      Array.from({ length: nodes }, (_, n) =>
        total(xs.slice(edgeStart + n * arity, edgeStart + (n + 1) * arity)),
      ),
    );
  const node = byNode(reach);
  return {
    along,
    edge: reach,
    node,
    q: returns.map((x, e) => div(x, reach[e]!)),
    v: byNode(returns).map((x, n) => div(x, node[n]!)),
  };
}

/** The same by the programs, over any semiring. */
function computed<A>(field: ArraySemiring<A>, graph: TrajectoryGraph, p: A, leaf: A, reward?: A) {
  return {
    ...occupancy(field, graph, p),
    ...backward(field, graph, p, leaf, reward),
    along: alongTrajectories(field, graph, p),
  };
}

const NAMES = ['along', 'edge', 'node', 'q', 'v'] as const;
const SHAPES = shapesUpTo(100);
const problems = fc
  .record({ shape: fc.constantFrom(...SHAPES), seed: fc.nat(1000) })
  .map(({ shape, seed }) => problemOf(shape, seed));

describe('on trees', () => {
  test('over the rationals the programs equal the lists exactly', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const [p, leaf, reward] = [problem.prob, problem.leaf, problem.reward].map((xs) => new Opaque(xs));
        const found = computed(rationalField, problem.graph, p!, leaf!, reward!);
        const expected = listed(problem);
        for (const name of NAMES) expect(Opaque.open(found[name])).toEqual(expected[name]);
        expect(total(expected.along)).toEqual(one);
      }),
      { numRuns: 40 },
    );
  });

  test('without rewards on the way, the leaves alone', () => {
    const problem = problemOf({ attempts: 3, length: 1, vocabulary: 2 }, 5);
    const expected = listed({ ...problem, reward: problem.reward.map(() => zero) });
    const { q, v } = backward(
      rationalField,
      problem.graph,
      new Opaque(problem.prob),
      new Opaque(problem.leaf),
    );
    expect(Opaque.open(q)).toEqual(expected.q);
    expect(Opaque.open(v)).toEqual(expected.v);
    expect(expected.q).not.toEqual(listed(problem).q);
  });

  test('the same programs run over a prime field', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const [p, leaf, reward] = [problem.prob, problem.leaf, problem.reward].map(
          (xs) => new Opaque(xs.map(inPrimeField)),
        );
        const found = computed(primeField, problem.graph, p!, leaf!, reward!);
        const expected = listed(problem);
        for (const name of NAMES) expect(Opaque.open(found[name])).toEqual(expected[name].map(inPrimeField));
      }),
      { numRuns: 20 },
    );
  });

  test('in float64 they differ from the rationals by rounding only', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const [p, leaf, reward] = [problem.prob, problem.leaf, problem.reward].map((xs) =>
          Float64Array.from(xs, value),
        );
        const { graph } = problem;
        const found = computed(float64Field, graph, p!, leaf!, reward!);
        const expected = listed(problem);
        // T layers of a product and a sum over V each, of returns of at most 4 per token and leaf.
        const T = graph.layers.length;
        const tolerance = T * (graph.vocabulary + 3) * Number.EPSILON * 4 * (T + 1);
        for (const name of NAMES) {
          expected[name].forEach((x, i) => {
            expect(Math.abs(found[name][i]! - value(x))).toBeLessThanOrEqual(tolerance);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  test('with ones for probabilities, sums over the leaves below', () => {
    const { graph, paths } = problemOf({ attempts: 2, length: 2, vocabulary: 3 }, 1);
    const leaf = Float64Array.from({ length: graph.leaves }, (_, i) => i * i - 40 * i);
    const { q, v } = backward(float64Field, graph, float64Field.ones(graph.edges), leaf);
    const below = new Float64Array(graph.edges);
    for (const [i, path] of paths.entries()) for (const edge of path) below[edge]! += leaf[i]!;
    expect(q).toEqual(below);
    expect(v[0]).toBe(leaf.reduce((a, b) => a + b));
  });
});

describe('logarithms', () => {
  test('give the logarithms of the same numbers, zero probabilities among them', () => {
    fc.assert(
      fc.property(problems, fc.nat(1000), (problem, seed) => {
        const { graph } = problem;
        const random = randomStream(seed, 'tests/zeros');
        const p = Float64Array.from(problem.prob, (x) => (random.uniform() < 0.1 ? 0 : value(x)));
        const leaf = Float64Array.from(problem.leaf, (x) => Math.max(0, value(x)));
        const plain = computed(float64Field, graph, p, leaf);
        const logs = computed(logSemiring, graph, p.map(Math.log), leaf.map(Math.log));
        // Each layer adds logarithms of at most log 9, and rounds a logarithm of a sum over V.
        const T = graph.layers.length;
        const tolerance = T * (graph.vocabulary + 8) * Number.EPSILON * (1 + T * Math.log(9));
        for (const name of NAMES) {
          plain[name].forEach((x, i) => {
            if (x === 0) expect(logs[name][i]).toBe(Number.NEGATIVE_INFINITY);
            else expect(Math.abs(logs[name][i]! - Math.log(x))).toBeLessThanOrEqual(tolerance);
          });
        }
      }),
      { numRuns: 20 },
    );
  });

  test('reach far below the smallest float', () => {
    const graph = compileTree({ attempts: 2, length: 2, vocabulary: 2 });
    const logs = alongTrajectories(logSemiring, graph, new Float64Array(graph.edges).fill(-1000));
    expect(new Set(logs)).toEqual(new Set([-3000, -5000]));
  });
});

describe('on graphs whose classes are shared', () => {
  test('mass is conserved exactly, and padding does not move values', () => {
    const family = paddingFamily(3, 2, 1);
    const values = [1, 2, 5].map((length) => {
      const { graph, reward } = paddingMember(family, length, 'tied');
      const weights = Array.from({ length: graph.slots }, (_, slot) => BigInt(1 + ((slot * 7) % 5)));
      const width = (slot: number): number => (slot < graph.sampleSlots ? graph.vocabulary : 2);
      const decision = graph.sampleSlots;
      // Decisions keep their probabilities however many rows of samples stand before them.
      const weight = (slot: number): bigint =>
        slot < decision ? weights[slot]! : BigInt(1 + ((slot - decision) % 3));
      const probOf = (slot: number): Rational => {
        const base = slot < decision ? 0 : decision;
        const start = base + Math.floor((slot - base) / width(slot)) * width(slot);
        const row = Array.from({ length: width(slot) }, (_, a) => weight(start + a));
        return rational(
          weight(slot),
          row.reduce((a, b) => a + b),
        );
      };
      const prob = new Opaque(Array.from(graph.slot, probOf));
      const { edge } = occupancy(rationalField, graph, prob);
      const ends = graph.layers.flatMap(({ edgeStart, terminal }) =>
        [...terminal].map((e) => Opaque.open(edge)[edgeStart + e]!),
      );
      expect(total(ends)).toEqual(one);
      for (const { edgeStart, source, attempt, component } of graph.layers) {
        if (attempt === 0 && component === 'sample') {
          expect(total(Opaque.open(edge).slice(edgeStart, edgeStart + source.length))).toEqual(one);
        }
      }
      const leaf = new Opaque(Array.from(reward, (r) => rational(BigInt(Math.round(r * 20)), 20n)));
      return Opaque.open(backward(rationalField, graph, prob, leaf).v)[0]!;
    });
    expect(values[1]).toEqual(values[0]);
    expect(values[2]).toEqual(values[0]);
  });
});
