// Public surface of gradsplit/episodes: episodes of a network, drawn, demonstrated, judged, and as batches.
export { type BeamRequest, type BeamSequence, beamSearch } from './beam.ts';
export { type Decodable, decodable, swapped } from './decodable.ts';
export { checkWrong, type DemonstrationOptions, drawDemonstration } from './demonstration.ts';
export { atTemperature, type Drawing, greedy, type LegalLogits, legalLogProbs } from './draw.ts';
export {
  attemptsOf,
  DECISION_TOKENS,
  type Episode,
  type EpisodeLayout,
  episodeLayout,
  isComplete,
  responseOf,
} from './episode.ts';
export { type EpisodeBatch, type EpisodeInputs, episodeBatch } from './episodeBatch.ts';
export { generate } from './generate.ts';
export type { Choice, Generated, GenerationRequest, KeptDistribution } from './generation.ts';
export {
  drawPrompts,
  isSolved,
  type JudgedEpisode,
  type JudgedRollout,
  judgedRollouts,
  type Questions,
  rightAttempts,
} from './judge.ts';
export { entropies, legalLogits, logitsInParts, logProbsOf, tokenLogProbs } from './logProbs.ts';
export { type MicroBatch, microBatches } from './microBatches.ts';
export { drawRollouts, type Rollout, type RolloutRequest } from './rollout.ts';
