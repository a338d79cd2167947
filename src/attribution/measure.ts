// Gradients of expectations on a trajectory graph: Σ_τ Σ_t m_t(τ) ∇log π(a_t|h_t) with respect to the logits.
import { float64Field as field } from '../base/field.ts';
import type { Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { backward, occupancy } from '../policy/program.ts';

/** A number per component. */
export type PerComponent = Readonly<Record<Component, number>>;

/** Norms of a gradient: each component's and the whole. */
export interface GradientNorms extends PerComponent {
  readonly total: number;
}

/** Calls `visit` with the first edge and the end of every layer. */
export function forEachLayer(
  graph: TrajectoryGraph,
  visit: (component: Component, from: number, to: number, arity: number) => void,
): void {
  for (const { component, edgeStart, source, arity } of graph.layers) {
    visit(component, edgeStart, edgeStart + source.length, arity);
  }
}

/** Σ over the edges of each component of a value [edges]. */
export function sumByComponent(graph: TrajectoryGraph, value: Float64Array): PerComponent {
  const sums = { sample: 0, decision: 0 };
  forEachLayer(graph, (component, from, to) => {
    let sum = 0;
    for (let e = from; e < to; e++) sum += value[e]!;
    sums[component] += sum;
  });
  return sums;
}

/** A copy of an edge value [edges] that is zero on the other component. */
export function onlyComponent(graph: TrajectoryGraph, value: Float64Array, keep: Component): Float64Array {
  const out = new Float64Array(value.length);
  forEachLayer(graph, (component, from, to) => {
    if (component === keep) out.set(value.subarray(from, to), from);
  });
  return out;
}

/**
 * Σ_e m(e)·∇log π(e) with respect to the logits:  g(h,a) = m(h,a) − π(a|h)·Σ_a′ m(h,a′), added up over shared slots.
 * @param prob [edges] π(a|h)
 * @param measure [edges] m(h,a) = E[w_t; the trajectory passes (h,a)]
 * @returns [slots]
 */
export function scoreGradient(
  graph: TrajectoryGraph,
  prob: Float64Array,
  measure: Float64Array,
): Float64Array {
  const gradient = new Float64Array(graph.slots);
  forEachLayer(graph, (_, from, to, arity) => {
    for (let start = from; start < to; start += arity) {
      let mass = 0;
      for (let e = start; e < start + arity; e++) mass += measure[e]!;
      for (let e = start; e < start + arity; e++) {
        gradient[graph.slot[e]!]! += measure[e]! - prob[e]! * mass;
      }
    }
  });
  return gradient;
}

/** m(h,a) = Σ of a leaf measure [leaves] over the leaves below (h,a) of a tree; the weight w(τ) sits on every token. */
export function leafMeasure(graph: TrajectoryGraph, leaf: Float64Array): Float64Array {
  return backward(field, graph, field.ones(graph.edges), leaf).q;
}

/** m(h,a) = ρ(h)·π(a|h)·(reward-to-go of (h,a)): the measure of E[Σ_t u_t · return-to-go]. */
export function returnMeasure(
  graph: TrajectoryGraph,
  prob: Float64Array,
  leaf: Float64Array,
  reward?: Float64Array,
): Float64Array {
  const { q } = backward(field, graph, prob, leaf, reward);
  return field.mul(occupancy(field, graph, prob).edge, q);
}

/** exp, element by element. */
export function expOf(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(values[i]!);
  return out;
}

/** ‖v‖₂ of v [n], safe against overflow. */
export function norm2(values: Float64Array): number {
  let scale = 0;
  for (const x of values) scale = Math.max(scale, Math.abs(x));
  if (scale === 0 || !Number.isFinite(scale)) return scale;
  let sum = 0;
  for (const x of values) sum += (x / scale) ** 2;
  return scale * Math.sqrt(sum);
}

/** ⟨a, b⟩ of a, b [n]. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Norms of a gradient [slots] by component. */
export function gradientNorms(graph: TrajectoryGraph, gradient: Float64Array): GradientNorms {
  const sample = norm2(gradient.subarray(0, graph.sampleSlots));
  const decision = norm2(gradient.subarray(graph.sampleSlots));
  return { sample, decision, total: Math.hypot(sample, decision) };
}
