// Component gradients by the engine: two copies of the parameters, one read at sample positions, one at decisions.
import {
  add,
  type GradcheckResult,
  gradGradcheck,
  hvp,
  matmul,
  reshape,
  scope,
  slice,
  type Tensor,
  tensor,
  vjp,
} from '../autodiff/index.ts';
import type { Component } from '../policy/component.ts';
import type { TrajectoryGraph } from '../policy/graph.ts';
import { type DifferentiableGraph, differentiable, edgeLogProbTensor } from './differentiable.ts';

/** A scalar function of the edge log-probabilities [edges], in ops of the engine. */
export type EdgeFunctional = (logProb: Tensor, graph: DifferentiableGraph) => Tensor;

/** The values of a tensor of any shape, row-major, as float64 on the host. */
export function hostValues(value: Tensor): Float64Array {
  return Float64Array.from(value.readSync());
}

/**
 * ∂F/∂logits of both copies by one reverse sweep, as one table [slots] (sample part, decision part).
 * @param table [slots] logits
 */
export function engineGradient(
  graph: TrajectoryGraph,
  table: Float64Array,
  functional: EdgeFunctional,
): Float64Array {
  return scope(() => {
    const dg = differentiable(graph);
    const copies = {
      sample: tensor(table.subarray(0, graph.sampleSlots)),
      decision: tensor(table.subarray(graph.sampleSlots)),
    };
    const { pullback } = vjp(
      ({ sample, decision }: Named) => functional(edgeLogProbTensor(dg, sample!, decision!), dg),
      copies,
    );
    const { total } = pullback({ total: tensor(1) });
    const out = new Float64Array(graph.slots);
    out.set(hostValues(total!.sample!));
    out.set(hostValues(total!.decision!), graph.sampleSlots);
    return out;
  });
}

/** Parameters by name. */
type Named = Record<string, Tensor>;

/** A family through the given logits whose few parameters θ are shared by both roles: logits = table + features·θ. */
export interface SharedFamily {
  readonly graph: TrajectoryGraph;
  /** [slots] the logits at θ = 0. */
  readonly table: Float64Array;
  /** [slots · parameters], row-major. */
  readonly features: Float64Array;
  readonly parameters: number;
}

/** Edge log-probabilities of the family as a function of θ [parameters]. */
function familyLogProb(family: SharedFamily, dg: DifferentiableGraph): (theta: Tensor) => Tensor {
  const { graph, parameters } = family;
  const table = tensor(family.table);
  const features = tensor(family.features, { shape: [graph.slots, parameters] });
  return (theta) => {
    const shift = matmul(features, reshape(theta, [parameters, 1]));
    const logits = add(table, reshape(shift, [graph.slots]));
    const sample = slice(logits, [0], [graph.sampleSlots]);
    return edgeLogProbTensor(dg, sample, slice(logits, [graph.sampleSlots], [graph.slots]));
  };
}

/**
 * Gradients of Σ_e weight(e)·log π(e) with respect to the shared θ, split by the label of each edge, from one stored
 * forward pass with one labelled cotangent per component.
 * @param weight [edges] E[w_t; the trajectory passes the edge]
 * @param labels [edges] the component an edge's token is counted to
 */
export function labelledGradient(
  family: SharedFamily,
  weight: Float64Array,
  labels: readonly Component[],
): Record<Component, Float64Array> {
  return scope(() => {
    const dg = differentiable(family.graph);
    const logProb = familyLogProb(family, dg);
    const { pullback } = vjp(({ theta }: Named) => logProb(theta!), {
      theta: tensor(new Float64Array(family.parameters)),
    });
    const seed = (component: Component): Tensor =>
      tensor(weight.map((w, e) => (labels[e] === component ? w : 0)));
    const { sample, decision } = pullback({ sample: seed('sample'), decision: seed('decision') });
    return { sample: hostValues(sample!.theta!), decision: hostValues(decision!.theta!) };
  });
}

/** [parameters] ∇_θ of a functional of the edge log-probabilities at θ = 0, all of it through the engine. */
export function sharedGradient(family: SharedFamily, functional: EdgeFunctional): Float64Array {
  return scope(() => {
    const { value, at } = functionOfTheta(family, functional);
    return hostValues(vjp(value, at).pullback({ total: tensor(1) }).total.theta!);
  });
}

/** A Hessian-vector product of the engine: forward over reverse, or reverse over reverse. */
export type HessianProduct = typeof hvp;

/** ∂²F/∂θ² of a functional of the edge log-probabilities at θ = 0, column by column; [parameters · parameters]. */
export function sharedHessian(
  family: SharedFamily,
  functional: EdgeFunctional,
  product: HessianProduct = hvp,
): Float64Array {
  return scope(() => {
    const { value, at } = functionOfTheta(family, functional);
    const n = family.parameters;
    const out = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const direction = new Float64Array(n);
      direction[i] = 1;
      out.set(hostValues(product(value, at, { theta: tensor(direction) }).theta!), i * n);
    }
    return out;
  });
}

/** The gradient of a functional and of its gradient at θ = 0 against central differences, with their derived tolerance. */
export function sharedHessianCheck(family: SharedFamily, functional: EdgeFunctional): GradcheckResult {
  return scope(() => {
    const { value, at } = functionOfTheta(family, functional);
    return gradGradcheck(value, at);
  });
}

/** F(θ) for the engine, and θ = 0. */
function functionOfTheta(
  family: SharedFamily,
  functional: EdgeFunctional,
): { readonly value: (parameters: Named) => Tensor; readonly at: Named } {
  const dg = differentiable(family.graph);
  const logProb = familyLogProb(family, dg);
  return {
    value: ({ theta }) => functional(logProb(theta!), dg),
    at: { theta: tensor(new Float64Array(family.parameters)) },
  };
}
