// The simulator: rollouts of sound runs, and of runs with one planted mistake.
export { without } from './fields.ts';
export { EOS, PAD, RESAMPLE, STOP, wordOf } from './language.ts';
export { type Mistake, plant } from './plant.ts';
export { randomSetting } from './random.ts';
export { batchOf, type Chosen, choose, promptTokens } from './scales.ts';
export { ALL_FIELDS, type LoggedFields, PLAIN, type RewardPart, type SimulationSetting } from './setting.ts';
export { settingOf } from './settingOf.ts';
export { type Simulated, simulate, type Truth, withScales } from './simulate.ts';
