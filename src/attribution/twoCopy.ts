// Component gradients by the engine, from two copies of the parameters: one is read at sample positions, one at decisions.
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

/** A scalar function of the edge log-probabilities [edges], written in ops of the engine. */
export type EdgeFunctional = (logProb: Tensor, graph: DifferentiableGraph) => Tensor;

/** Copies the values of a tensor of any shape [...] to the host, row-major, as float64. */
export function hostValues(value: Tensor): Float64Array {
  return Float64Array.from(value.readSync());
}

/**
 * Computes ∂F/∂logits of both copies by one reverse sweep, as one table [slots] (sample part, then decision part).
 * @param table the logits [slots]
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

/** Parameters as tensors by name. */
type Named = Record<string, Tensor>;

/** A family of policies whose few parameters θ are shared by both roles: logits = table + features·θ. */
export interface SharedFamily {
  readonly graph: TrajectoryGraph;
  /** The logits at θ = 0 [slots]. */
  readonly table: Float64Array;
  /** The derivative of every logit with respect to every parameter [slots · parameters], row-major. */
  readonly features: Float64Array;
  readonly parameters: number;
}

/** Gives the edge log-probabilities [edges] of the family as a function of θ [parameters]. */
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
 * Computes the gradients [parameters] of Σ_e weight(e)·log π(e) with respect to the shared θ, split by the label
 * of each edge, from one stored forward pass with one labelled cotangent per component.
 * @param weight the expected weight E[w_t; the trajectory passes the edge] of each edge [edges]
 * @param labels the component to which the token of each edge is counted [edges]
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

/** Computes the gradient [parameters] of a functional of the edge log-probabilities at θ = 0, entirely by the engine. */
export function sharedGradient(family: SharedFamily, functional: EdgeFunctional): Float64Array {
  return scope(() => {
    const { value, at } = functionOfTheta(family, functional);
    return hostValues(vjp(value, at).pullback({ total: tensor(1) }).total.theta!);
  });
}

/** The type of a Hessian-vector product of the engine: forward over reverse, or reverse over reverse. */
export type HessianProduct = typeof hvp;

/** Computes the Hessian [parameters · parameters] of a functional of the edge log-probabilities at θ = 0, column by column. */
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

/** Checks the first and second derivatives of a functional at θ = 0 against central differences, with their derived tolerance. */
export function sharedHessianCheck(family: SharedFamily, functional: EdgeFunctional): GradcheckResult {
  return scope(() => {
    const { value, at } = functionOfTheta(family, functional);
    return gradGradcheck(value, at);
  });
}

/** Gives F(θ) as a function for the engine, and the point θ = 0. */
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
