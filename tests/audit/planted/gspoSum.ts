// gspo-sum: one ratio a sequence, added up over tokens.
import { simulate } from '../../../src/audit/simulator/index.ts';
import { declared, type Input, OFF_POLICY, type Planted } from './trained.ts';

function input(aggregation: string): Input {
  const options = { aggregation };
  const { setting, trajectories } = simulate({ ...OFF_POLICY, objective: 'gspo', options });
  return { setting: declared(setting), trajectories };
}

/** The clean run has the mean of the sequence. */
export const gspoSum: Planted = {
  code: 'gspo-sum',
  severity: 'warning',
  clean: input('sequenceMean'),
  planted: input('tokenMean'),
};
