// Central differences of an exact value, with a step and an error bound that follow from the value's third derivative.
import type { Component } from '../policy/component.ts';
import { COMPONENTS } from '../policy/component.ts';
import type { SharedFamily } from './twoCopy.ts';

/** Computes the step h that balances truncation h²/6·B₃ against rounding δ/h, and the bound on the error at that step. */
export function centralStep(thirdDerivative: number, valueError: number): { step: number; error: number } {
  // Where the third derivative is zero, a long step has no truncation error.
  const step = thirdDerivative > valueError ? Math.cbrt((3 * valueError) / thirdDerivative) : 1;
  return { step, error: (step * step * thirdDerivative) / 6 + valueError / step };
}

/** Computes (F(θ + h·e_i) − F(θ − h·e_i)) / 2h for every coordinate i of each copy of the shared parameters [parameters]. */
export function twoCopyDifferences(
  family: SharedFamily,
  value: (table: Float64Array) => number,
  step: number,
): Record<Component, Float64Array> {
  const { graph, table, features, parameters } = family;
  const shifted = (component: Component, parameter: number, h: number): Float64Array => {
    const from = component === 'sample' ? 0 : graph.sampleSlots;
    const to = component === 'sample' ? graph.sampleSlots : graph.slots;
    const out = Float64Array.from(table);
    for (let slot = from; slot < to; slot++) out[slot]! += h * features[slot * parameters + parameter]!;
    return out;
  };
  const gradient = (component: Component): Float64Array =>
    Float64Array.from({ length: parameters }, (_, i) => {
      const up = value(shifted(component, i, step));
      const down = value(shifted(component, i, -step));
      return (up - down) / (2 * step);
    });
  const [sample, decision] = COMPONENTS.map(gradient);
  return { sample: sample!, decision: decision! };
}
