// The state of a run is everything that it needs to continue from a step.
import type { Tensor } from '../autodiff/index.ts';
import { randomStream } from '../base/random.ts';
import { adamw, constant, type GradientTransformation, linear } from '../optim/index.ts';
import type { PhaseConfig, TrainingConfig } from './config.ts';
import type { PhaseName } from './phases.ts';
import type { Trainer } from './trainer.ts';

/**
 * A `TrainingState` is everything that a run needs to continue from a step. The caller owns its tensors and
 * disposes of them.
 */
export interface TrainingState {
  readonly phase: PhaseName;
  /** The number of completed steps of the phase. */
  readonly step: number;
  /** The number of completed updates of the phase, larger than `step` with several inner epochs. */
  readonly updates: number;
  /** The parameters by path, with the shapes of the network's layout. */
  readonly parameters: Record<string, Tensor>;
  /** The state of the optimiser, by names such as `<path>.mean`, with the shapes of the parameters. */
  readonly optimiser: Record<string, Tensor>;
  /**
   * The reference for the KL penalty: the parameters at the end of the base phase, with the same shapes.
   * During that phase it is the same object as `parameters`.
   */
  readonly reference: Record<string, Tensor>;
}

/** Creates the optimiser of a phase. */
export function optimiserOf({ loop }: PhaseConfig): GradientTransformation {
  const { learningRate, warmup, weightDecay, clipNorm } = loop;
  const rate =
    warmup === 0 ? constant(learningRate) : linear(learningRate / (warmup + 1), learningRate, warmup);
  return adamw({
    learningRate: rate,
    weightDecay,
    decays: (path) => path.endsWith('.weight'),
    clipNorm,
  });
}

/** Creates the state before the first step. */
export function initialState({ config, model, seed }: Trainer): TrainingState {
  const parameters = model.initial(randomStream(seed, 'initial parameters'));
  const optimiser = optimiserOf(config.base).initial(parameters);
  return { phase: 'base', step: 0, updates: 0, parameters, optimiser, reference: parameters };
}

/** Returns the number of steps of all phases. */
export function totalSteps({ base, train }: TrainingConfig): number {
  return base.loop.steps + train.loop.steps;
}

/** Returns the number of completed steps of all phases. */
export function stepsDone({ config }: Trainer, { phase, step }: TrainingState): number {
  return phase === 'base' ? step : config.base.loop.steps + step;
}

/**
 * Returns the state with which the next step begins. At the end of the base phase its parameters become the
 * reference.
 */
export function enterPhase(trainer: Trainer, state: TrainingState): TrainingState {
  const { base, train } = trainer.config;
  if (state.phase === 'train' || state.step < base.loop.steps) return state;
  const { parameters } = state;
  const optimiser = optimiserOf(train).initial(parameters);
  return { phase: 'train', step: 0, updates: 0, parameters, optimiser, reference: parameters };
}

/** Disposes of the tensors of a state that another state does not use. */
export function disposeState(old: TrainingState, kept: TrainingState): void {
  const tensorsOf = ({ parameters, optimiser, reference }: TrainingState): Tensor[] => [
    ...Object.values(parameters),
    ...Object.values(optimiser),
    ...Object.values(reference),
  ];
  const alive = new Set(tensorsOf(kept));
  for (const tensor of new Set(tensorsOf(old))) if (!alive.has(tensor)) tensor.dispose();
}
