// One step of training as a pure function. What it draws depends on (seed, phase, step) alone, so that a run that was cut and
// resumed is the run that was not.
import { scope } from '../autodiff/index.ts';
import { randomStream } from '../base/random.ts';
import { applyUpdates, globalNorm } from '../optim/index.ts';
import type { PhaseConfig } from './config.ts';
import { Diverged } from './diverged.ts';
import { type GradientNorms, splitGradient } from './gradient.ts';
import { type Material, type Observed, observe, rolloutMaterial, traceMaterial } from './material.ts';
import { enterPhase, optimiserOf, type PhaseName, stepsDone, type TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** What a step says of itself. */
export interface StepMetrics extends Observed {
  /** Steps done in all phases. */
  readonly step: number;
  readonly phase: PhaseName;
  readonly loss: number;
  readonly gradNorm: GradientNorms;
  /** Response tokens that were learned from. */
  readonly tokens: number;
}

/**
 * One step: episodes, then one update per inner epoch. The tensors of the old state stay alive.
 * @throws Diverged if the loss or the gradient is not finite
 */
export function trainStep(
  trainer: Trainer,
  before: TrainingState,
): { state: TrainingState; metrics: StepMetrics } {
  return scope(() => {
    const state = enterPhase(trainer, before);
    const phase = trainer.config[state.phase];
    const random = randomStream(trainer.seed, state.phase, state.step);
    const isSft = phase.objective === 'sft';
    const material = isSft
      ? traceMaterial(trainer, phase, random)
      : rolloutMaterial(trainer, phase, state, random);
    const epochs = isSft ? 1 : (phase.options.innerEpochs as number);
    const first = update(trainer, phase, state, material, 0);
    let last = first;
    for (let epoch = 1; epoch < epochs; epoch++) {
      const { parameters, optimiser } = last;
      last = update(trainer, phase, { ...state, parameters, optimiser }, material, epoch);
    }
    const { parameters, optimiser } = last;
    const done = stepsDone(trainer, state) + 1;
    return {
      state: {
        phase: state.phase,
        step: state.step + 1,
        updates: state.updates + epochs,
        parameters,
        optimiser,
        reference: state.phase === 'base' ? parameters : state.reference,
      },
      metrics: {
        step: done,
        phase: state.phase,
        loss: first.loss,
        gradNorm: first.norms,
        ...(isSft ? observe(trainer, parameters, done) : material.observed),
        tokens: material.episodes.targets.length,
      },
    };
  });
}

function update(
  trainer: Trainer,
  phase: PhaseConfig,
  state: TrainingState,
  { episodes, outcome }: Material,
  epoch: number,
): Pick<TrainingState, 'parameters' | 'optimiser'> & { loss: number; norms: GradientNorms } {
  const { model } = trainer;
  return scope(() => {
    const split = (): ReturnType<typeof splitGradient> =>
      splitGradient(model, state.parameters, phase, episodes, outcome);
    const { loss, norms, gradient } = split();
    const where = `step ${stepsDone(trainer, state) + 1} (${state.phase}, ${phase.objective})`;
    if (!Number.isFinite(loss) || !Number.isFinite(norms.total)) {
      throw Diverged.at(where, episodes.offsets.length - 1, split);
    }
    const stepped = optimiserOf(phase).update(
      gradient,
      state.optimiser,
      state.parameters,
      state.updates + epoch,
    );
    const parameters = applyUpdates(state.parameters, stepped.updates);
    if (!Number.isFinite(globalNorm(parameters).readSync()[0]!)) {
      throw new Diverged(`training stopped at ${where}: the updated parameters are not finite`);
    }
    return { parameters, optimiser: stepped.state, loss, norms };
  });
}
