// kl-stop-bias: β so large that the KL of the tokens to come outweighs the reward of another attempt.
import { simulate } from '../../../src/audit/simulator/index.ts';
import { declared, type Input, OFF_POLICY, type Planted } from './trained.ts';

function input(klPlacement: string): Input {
  const { setting, trajectories } = simulate({
    ...OFF_POLICY,
    firstStep: 15,
    prompts: 30,
    attempts: 3,
    objective: 'rloo',
    options: { beta: 0.5, klEstimator: 'k2', klPlacement },
    lengths: { kind: 'twoModes', mean: 25, spread: 0.5 },
  });
  return { setting: declared(setting), trajectories };
}

/** The clean run has the penalty in the loss, where a token is not charged with what follows. */
export const klStopBias: Planted = {
  code: 'kl-stop-bias',
  severity: 'warning',
  clean: input('loss'),
  planted: input('reward'),
};
