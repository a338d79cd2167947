// Component gradients of a policy whose two roles share the parameters of one network, as host arrays. Parameters are laid end to end
// in the order of their names.
import { concat, jvp, scope, type Tensor, tensor, vjp, vmap } from '../autodiff/index.ts';
import { COMPONENTS, type Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { type DifferentiableGraph, differentiable, edgeLogProbTensor } from './differentiable.ts';
import { hostValues } from './twoCopy.ts';

type Named = Record<string, Tensor>;

/** A network that computes tables of logits from named parameters. */
export interface Network {
  readonly graph: TrajectoryGraph;
  /** The shape of each parameter, by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Computes the logits of sample tokens [sampleSlots] and of decisions [decisionSlots], both flat. */
  readonly tables: (parameters: Named) => { readonly sample: Tensor; readonly decision: Tensor };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Counts the parameters of a network. */
export function parameterCount({ shapes }: Network): number {
  return Object.values(shapes).reduce((n, shape) => n + sizeOf(shape), 0);
}

/** Splits parameters that are laid end to end [parameters] into tensors by name. */
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

/** The number of passes of a network that are computed together. */
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

/** Stacks n parameter vectors [parameters] into tensors [n, …shape] by name. */
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

/** Copies the rows of a matrix [n, m] to n arrays [m]. */
function rowsOf(x: Tensor): Float64Array[] {
  const [rows, columns] = x.shape as [number, number];
  const values = hostValues(x);
  return Array.from({ length: rows }, (_, r) => values.slice(r * columns, (r + 1) * columns));
}

/** Computes the table of logits [slots] at each of several parameter vectors θ [parameters]. */
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
 * Computes ∇_θ Σ_e weight(e)·log π(e), split by the label of each edge, from one stored forward pass with one labelled cotangent
 * per component.
 * @param weight the weight of each edge [edges]
 * @param labels the component to which the token of each edge is counted [edges]
 * @returns the gradient of each component [parameters]
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

/** Computes ⟨∇ log π(e), v⟩ of every edge [edges] for each of several v [parameters], by one forward-mode pass for each v. */
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
