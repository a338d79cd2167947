// Public surface of gradsplit/attribution: exact gradients by component, budgets, divergences, expected gradients.
export * from './budget.ts';
export * from './differentiable.ts';
export * from './divergence.ts';
export * from './expectedGradient.ts';
export * from './finiteDifference.ts';
export * from './measure.ts';
export * from './multisets.ts';
export * from './network.ts';
export * from './profiles.ts';
export * from './softOptimum.ts';
export * from './twoCopy.ts';
