// Attribution at a model: what is attributed, the analysis, and episodes of runs.
export {
  type AttributeOptions,
  type Attribution,
  attribute,
  type CheckpointSplit,
  splitCheckpoint,
} from './attribute.ts';
export { batchOfResponses, type FromResponses, fromResponses } from './fromResponses.ts';
export { type CheckpointSubject, overCheckpoints } from './overCheckpoints.ts';
export { type OwnEpisodesOrder, ownEpisodes } from './ownEpisodes.ts';
export type { AttributionSubject } from './subject.ts';
