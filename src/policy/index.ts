// Public surface of gradsplit/policy: tabular policies on trajectory graphs.
export * from './component.ts';
export * from './format.ts';
export * from './graph.ts';
export * from './model.ts';
export * from './padding.ts';
export * from './random.ts';
export * from './shape.ts';
export * from './tabular.ts';
export * from './transformer.ts';
export * from './tree.ts';
