// Public surface of gradsplit/episodes: episodes of a network, drawn and as batches.
export * from './decodable.ts';
export * from './demonstration.ts';
export * from './draw.ts';
export * from './episode.ts';
export * from './episodeBatch.ts';
export * from './rollout.ts';
export type * from './rolloutTask.ts';
export * from './sampler.ts';
