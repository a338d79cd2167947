// Component gradients of a policy whose two roles share the parameters of one network, as host arrays. Parameters are laid end to end
// in the order of their names.
import { concat, jvp, scope, type Tensor, tensor, vjp, vmap } from '../autodiff/index.ts';
import { COMPONENTS, type Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { type DifferentiableGraph, differentiable, edgeLogProbTensor } from './differentiable.ts';
import { hostValues } from './twoCopy.ts';

type Named = Record<string, Tensor>;

/** Tables of logits as a function of named parameters. */
export interface Network {
  readonly graph: TrajectoryGraph;
  /** Shapes by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Both flat: sample [sampleSlots], decision [decisionSlots]. */
  readonly tables: (parameters: Named) => { readonly sample: Tensor; readonly decision: Tensor };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Number of parameters. */
export function parameterCount({ shapes }: Network): number {
  return Object.values(shapes).reduce((n, shape) => n + sizeOf(shape), 0);
}

/** Parameters laid end to end → tensors by name. */
function named({ shapes }: Network, flat: Float64Array): Named {
  let at = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const values = flat.subarray(at, at + sizeOf(shape));
    at += values.length;
    return [name, tensor(values, { shape })] as const;
  });
  return Object.fromEntries(entries);
}

function flattened({ shapes }: Network, values: Named): Float64Array {
  const out: number[] = [];
  for (const name of Object.keys(shapes)) out.push(...hostValues(values[name]!));
  return Float64Array.from(out);
}

/** Passes of a network that are computed together. */
const CHUNK = 64;

function inChunks(
  vectors: readonly Float64Array[],
  pass: (chunk: readonly Float64Array[]) => Float64Array[],
): Float64Array[] {
  const results: Float64Array[] = [];
  for (let start = 0; start < vectors.length; start += CHUNK) {
    results.push(...scope(() => pass(vectors.slice(start, start + CHUNK))));
  }
  return results;
}

/** Several parameter vectors → stacks [n, …shape] by name. */
function stacked({ shapes }: Network, vectors: readonly Float64Array[]): Named {
  let at = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const size = sizeOf(shape);
    const values = new Float64Array(vectors.length * size);
    for (const [n, vector] of vectors.entries()) values.set(vector.subarray(at, at + size), n * size);
    at += size;
    return [name, tensor(values, { shape: [vectors.length, ...shape] })] as const;
  });
  return Object.fromEntries(entries);
}

/** The rows of a matrix. */
function rowsOf(x: Tensor): Float64Array[] {
  const [rows, columns] = x.shape as [number, number];
  const values = hostValues(x);
  return Array.from({ length: rows }, (_, r) => values.slice(r * columns, (r + 1) * columns));
}

/** The table of logits [slots] at every one of several θ. */
export function tablesAt(network: Network, thetas: readonly Float64Array[]): Float64Array[] {
  return inChunks(thetas, (chunk) => {
    const pass = vmap((parameters: Named) => {
      const { sample, decision } = network.tables(parameters);
      return concat([sample, decision], 0);
    });
    return rowsOf(pass(stacked(network, chunk)));
  });
}

function logProbs(network: Network, dg: DifferentiableGraph): (parameters: Named) => Tensor {
  return (parameters) => {
    const { sample, decision } = network.tables(parameters);
    return edgeLogProbTensor(dg, sample, decision);
  };
}

/**
 * ∇_θ Σ_e weight(e)·log π(e), split by the label of each edge: one stored forward pass, one labelled cotangent per component.
 * @param weight [edges]
 * @param labels [edges]
 * @returns per component [parameters]
 */
export function networkGradient(
  network: Network,
  theta: Float64Array,
  weight: Float64Array,
  labels: readonly Component[],
): Record<Component, Float64Array> {
  return scope(() => {
    const dg = differentiable(network.graph);
    const { pullback } = vjp(logProbs(network, dg), named(network, theta));
    const seed = (component: Component): Tensor =>
      tensor(weight.map((w, e) => (labels[e] === component ? w : 0)));
    const gradients = pullback({ sample: seed('sample'), decision: seed('decision') });
    const [sample, decision] = COMPONENTS.map((c) => flattened(network, gradients[c]));
    return { sample: sample!, decision: decision! };
  });
}

/** ⟨∇ log π(e), v⟩ of every edge at once for several v, each by one forward-mode pass; per v [edges]. */
export function tokenInfluences(
  network: Network,
  theta: Float64Array,
  vs: readonly Float64Array[],
): Float64Array[] {
  return inChunks(vs, (chunk) => {
    const dg = differentiable(network.graph);
    const at = named(network, theta);
    const pass = vmap((v: Named) => jvp(logProbs(network, dg), at, v).tangent);
    return rowsOf(pass(stacked(network, chunk)));
  });
}
