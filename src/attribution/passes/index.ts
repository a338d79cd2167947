// Passes of a network over responses: log-probabilities, gradients of labels, influences.
export type { PassHooks } from './hooks.ts';
export { type Direction, influenceOf, influencesOf, type TableDirection } from './influence.ts';
export { LARGEST_TABLE } from './parameterSums.ts';
export { gram, type LabelledTokens, split, trajectoryNorms } from './questions.ts';
export { type DenseGradients, denseReducer, type HostGradient, toTensor } from './reducers/denseReducer.ts';
export { directionReducer, type LabelDirections } from './reducers/directionReducer.ts';
export { type GramMatrices, gramReducer, type Piece } from './reducers/gramReducer.ts';
export type {
  ParameterGradient,
  PassFacts,
  Reducer,
  TableDirections,
  TrajectoryNumbers,
  Wanted,
} from './reducers/reducer.ts';
export { type TrajectoryProducts, trajectoryReducer } from './reducers/trajectoryReducer.ts';
export { checkResponseBatch, type InputRectangle, type ResponseBatch } from './responseBatch.ts';
export { tokenGradients } from './tokenGradients.ts';
export { tokenLogProbsOf } from './tokenLogProbs.ts';
