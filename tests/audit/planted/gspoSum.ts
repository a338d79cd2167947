// gspo-sum: one ratio a sequence, added up over tokens.
import { simulate } from '../simulator/index.ts';
import { declared, type Input, OFF_POLICY, type Planted, trainedWith } from './trained.ts';

function input(aggregation: string): Input {
  const options = { aggregation };
  const { setting, trajectories } = simulate({ ...OFF_POLICY, objective: 'gspo', options });
  return { setting: declared(setting), trajectories };
}

/** Declared so. */
export const gspoSum: Planted = {
  code: 'gspo-sum',
  severity: 'warning',
  clean: input('sequenceMean'),
  planted: input('tokenMean'),
};

/** Not declared, but trained. */
export const gspoSumTrained = trainedWith(
  'gspo-sum',
  'error',
  { objective: 'gspo', options: { clipLow: 0.1, clipHigh: 0.1 } },
  { aggregation: 'sequenceSum' },
);
