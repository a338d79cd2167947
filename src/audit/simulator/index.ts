// The simulator: rollouts of sound runs, and of runs with one planted mistake.
export { onlyFields, without } from './fields.ts';
export { EOS, PAD, RESAMPLE, STOP, wordOf } from './language.ts';
export { type Mistake, type PlantOptions, plant } from './plant.ts';
export { randomSimulation } from './random.ts';
export { batchOf, type Chosen, choose, promptTokens, withScales } from './scales.ts';
export {
  ALL_FIELDS,
  type LengthLaw,
  type LoggedFields,
  PLAIN,
  type RewardPart,
  type SimulationSetting,
} from './setting.ts';
export { settingOf } from './settingOf.ts';
export { type Simulated, simulate, type Truth } from './simulate.ts';
export { type UpstreamFile, type UpstreamWriter, upstreamWriters, writeUpstream } from './upstream/index.ts';
