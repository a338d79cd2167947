// What a run has reached: everything that it needs to continue from a step.
import type { Tensor } from '../autodiff/index.ts';
import { randomStream } from '../base/random.ts';
import { adamw, constant, type GradientTransformation, linear } from '../optim/index.ts';
import type { PhaseConfig, TrainingConfig } from './config.ts';
import type { Trainer } from './trainer.ts';

/** The names of the phases, in their order. */
export const PHASES = ['base', 'train'] as const;

/** The name of a phase. */
export type PhaseName = (typeof PHASES)[number];

/** Everything that a run needs to continue from a step. The caller keeps its tensors and disposes of them. */
export interface TrainingState {
  readonly phase: PhaseName;
  /** Steps of the phase that are done. */
  readonly step: number;
  /** Updates of the phase that are done; above `step` with several inner epochs. */
  readonly updates: number;
  /** By path, of the shapes of the network's layout. */
  readonly parameters: Record<string, Tensor>;
  /** As the transformation keeps it: `<path>.mean` and the like, of the parameters' shapes. */
  readonly optimiser: Record<string, Tensor>;
  /** Of the parameters' shapes: the parameters at the end of `base`, which KL is measured from; the same object as `parameters` during `base`. */
  readonly reference: Record<string, Tensor>;
}

/** The optimiser of a phase. */
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

/** The state before the first step. */
export function initialState({ config, model, seed }: Trainer): TrainingState {
  const parameters = model.initial(randomStream(seed, 'initial parameters'));
  const optimiser = optimiserOf(config.base).initial(parameters);
  return { phase: 'base', step: 0, updates: 0, parameters, optimiser, reference: parameters };
}

/** The number of episodes from which a step of a phase learns, or that it draws to learn from. */
export function episodesOfStep({ learnsFrom, loop }: PhaseConfig): number {
  return learnsFrom === 'demonstrations' ? loop.batch : loop.prompts * loop.group;
}

/** The number of steps of all phases. */
export function totalSteps({ base, train }: TrainingConfig): number {
  return base.loop.steps + train.loop.steps;
}

/** The number of steps done in all phases. */
export function stepsDone({ config }: Trainer, { phase, step }: TrainingState): number {
  return phase === 'base' ? step : config.base.loop.steps + step;
}

/** The state with which the next step begins: at the end of `base` its parameters become the reference. */
export function enterPhase(trainer: Trainer, state: TrainingState): TrainingState {
  const { base, train } = trainer.config;
  if (state.phase === 'train' || state.step < base.loop.steps) return state;
  const { parameters } = state;
  const optimiser = optimiserOf(train).initial(parameters);
  return { phase: 'train', step: 0, updates: 0, parameters, optimiser, reference: parameters };
}

/** Frees the tensors of a state that another state does not keep. */
export function disposeState(old: TrainingState, kept: TrainingState): void {
  const tensorsOf = ({ parameters, optimiser, reference }: TrainingState): Tensor[] => [
    ...Object.values(parameters),
    ...Object.values(optimiser),
    ...Object.values(reference),
  ];
  const alive = new Set(tensorsOf(kept));
  for (const tensor of new Set(tensorsOf(old))) if (!alive.has(tensor)) tensor.dispose();
}
