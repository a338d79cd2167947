// Public surface of gradsplit/attribution: evaluated policies, exact gradients by component, budgets, divergences, expected
// gradients.
export * from './budget.ts';
export * from './byComponent.ts';
export * from './differentiable.ts';
export * from './divergence.ts';
export * from './evaluatedPolicy.ts';
export * from './expectedGradient.ts';
export * from './finiteDifference.ts';
export * from './multisets.ts';
export * from './network.ts';
export * from './profiles.ts';
export * from './recursions.ts';
export * from './rewardAgreement.ts';
export * from './scoreGradient.ts';
export * from './softOptimum.ts';
export * from './tolerance.ts';
export * from './trajectories.ts';
export * from './twoCopy.ts';
export * from './vectors.ts';
