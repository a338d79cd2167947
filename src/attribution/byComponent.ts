// Splits a quantity that is given per edge or slot of a graph into its parts on sample tokens and on decision tokens.
import type { Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { norm2 } from './vectors.ts';

/** One number for each component. */
export type PerComponent = Readonly<Record<Component, number>>;

/** The norms of a gradient: that of each component, and that of the whole gradient. */
export interface ComponentNorms extends PerComponent {
  readonly total: number;
}

/** Calls `visit` for every layer with its first edge and the end of its range of edges. */
export function forEachLayer(
  graph: TrajectoryGraph,
  visit: (component: Component, from: number, to: number, arity: number) => void,
): void {
  for (const { component, edgeStart, source, arity } of graph.layers) {
    visit(component, edgeStart, edgeStart + source.length, arity);
  }
}

/** Adds up a value [edges] over the edges of each component. */
export function sumByComponent(graph: TrajectoryGraph, value: Float64Array): PerComponent {
  const sums = { sample: 0, decision: 0 };
  forEachLayer(graph, (component, from, to) => {
    let sum = 0;
    for (let e = from; e < to; e++) sum += value[e]!;
    sums[component] += sum;
  });
  return sums;
}

/** Copies a value [edges] and sets it to zero on the edges of the other component: [edges] → [edges]. */
export function onlyComponent(graph: TrajectoryGraph, value: Float64Array, keep: Component): Float64Array {
  const out = new Float64Array(value.length);
  forEachLayer(graph, (component, from, to) => {
    if (component === keep) out.set(value.subarray(from, to), from);
  });
  return out;
}

/** Lists the component of every edge [edges]. */
export function componentLabels(graph: TrajectoryGraph): Component[] {
  return graph.layers.flatMap(({ component, source }) => new Array<Component>(source.length).fill(component));
}

/** Computes the Euclidean norms of a gradient [slots], by component and in total. */
export function gradientNorms(graph: TrajectoryGraph, gradient: Float64Array): ComponentNorms {
  const sample = norm2(gradient.subarray(0, graph.sampleSlots));
  const decision = norm2(gradient.subarray(graph.sampleSlots));
  return { sample, decision, total: Math.hypot(sample, decision) };
}
