// sequence-mask-length: sequences are masked by a product of ratios, which strays with length.
import { simulate } from '../../../src/audit/simulator/index.ts';
import { declared, type Input, type Planted } from './trained.ts';

function input(samplerLevel: string): Input {
  const { setting, trajectories } = simulate({
    objective: 'icepop',
    options: { samplerLevel, samplerLow: 0.8, samplerHigh: 1.25 },
    prompts: 20,
    lengths: { kind: 'twoModes', mean: 40, spread: 0.3 },
    mismatch: 0.075,
  });
  return { setting: declared(setting), trajectories };
}

/** The clean run masks tokens one by one. */
export const sequenceMaskLength: Planted = {
  code: 'sequence-mask-length',
  severity: 'warning',
  clean: input('token'),
  planted: input('sequence'),
};
