// What a number per edge or slot of a graph comes to for sample tokens and for decision tokens.
import type { Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { norm2 } from './vectors.ts';

/** A number per component. */
export type PerComponent = Readonly<Record<Component, number>>;

/** Norms of a gradient: each component's and the whole. */
export interface ComponentNorms extends PerComponent {
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

/** [edges] the component of every edge. */
export function componentLabels(graph: TrajectoryGraph): Component[] {
  return graph.layers.flatMap(({ component, source }) => new Array<Component>(source.length).fill(component));
}

/** Norms of a gradient [slots] by component. */
export function gradientNorms(graph: TrajectoryGraph, gradient: Float64Array): ComponentNorms {
  const sample = norm2(gradient.subarray(0, graph.sampleSlots));
  const decision = norm2(gradient.subarray(graph.sampleSlots));
  return { sample, decision, total: Math.hypot(sample, decision) };
}
