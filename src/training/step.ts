// One step of training is a pure function. What it draws depends on (seed, phase, step) alone, so a run that was interrupted
// and resumed gives the same result as one that was not.
import { scope } from '../autodiff/index.ts';
import { type RandomStream, randomStream } from '../base/random.ts';
import type { MetricsLine } from '../documents/train.ts';
import { OverflowError } from '../objectives/index.ts';
import { applyUpdates, globalNorm } from '../optim/index.ts';
import type { PhaseConfig } from './config.ts';
import { demonstrationMaterial } from './demonstrationMaterial.ts';
import { Diverged } from './diverged.ts';
import { splitGradient } from './gradient.ts';
import { type Material, observe } from './material.ts';
import { chosenMicroBatch } from './memory.ts';
import { filteredMaterial, rolloutMaterial } from './rolloutMaterial.ts';
import { enterPhase, optimiserOf, stepsDone, type TrainingState } from './state.ts';
import type { Trainer } from './trainer.ts';

/** `StepMetrics` are the metrics of a step, except for its speed. */
export interface StepMetrics extends Omit<MetricsLine, 'tokensPerSecond'> {
  /** The number of response tokens that the step learned from. */
  readonly tokens: number;
}

/** Makes the material that a step of a phase learns from. */
export function materialOf(
  trainer: Trainer,
  phase: PhaseConfig,
  state: TrainingState,
  random: RandomStream,
): Material {
  switch (phase.learnsFrom) {
    case 'demonstrations':
      return demonstrationMaterial(trainer, phase, state, random);
    case 'solved':
      return filteredMaterial(trainer, phase, state, random);
    case 'episodes':
      return rolloutMaterial(trainer, phase, state, random);
  }
}

const NO_GRADIENT: MetricsLine['gradNorm'] = { total: 0, sample: 0, decision: 0 };

/**
 * Takes one step of training as a pure function: it draws or makes episodes, then makes one update per inner
 * epoch, or none if there is nothing to learn from. The tensors of the old state stay alive. What it learned from is returned too.
 * @throws Diverged if the loss or the gradient is not finite
 * @example
 * ```ts
 * import { addition } from 'gradsplit/tasks';
 * import { createTrainer, initialState, parseConfig, trainStep } from 'gradsplit/training';
 * const config = parseConfig({
 *   task: { name: 'addition', digits: 2 },
 *   model: { width: 8, layers: 1, heads: 2 },
 *   run: { attempts: 2, evaluateEvery: 0 },
 *   base: { steps: 1, batch: 4, wrong: '0.5,0.5' },
 *   train: { objective: 'rloo', steps: 1, prompts: 2, group: 2 },
 * }, 'example');
 * const trainer = createTrainer(config, 1, addition.create({ digits: 2 }));
 * const { state, metrics } = trainStep(trainer, initialState(trainer));
 * [metrics.phase, state.step]; // → ['base', 1]
 * metrics.gradNorm.sample! > 0 && metrics.gradNorm.decision! > 0; // → true
 * ```
 */
export function trainStep(
  trainer: Trainer,
  before: TrainingState,
): { state: TrainingState; metrics: StepMetrics; material: Material } {
  return scope(() => {
    const state = enterPhase(trainer, before);
    const phase = trainer.config[state.phase];
    const random = randomStream(trainer.seed, state.phase, state.step);
    const material = materialOf(trainer, phase, state, random);
    const { episodes, kept, missingErrors } = material;
    const tokens = episodes.targets.length;
    const innerEpochs = phase.learnsFrom === 'episodes' ? phase.loop.innerEpochs : 1;
    const epochs = tokens === 0 ? 0 : innerEpochs;
    let { parameters, optimiser } = state;
    let first: Updated | undefined;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const next = update(trainer, phase, { ...state, parameters, optimiser }, material, epoch);
      first ??= next;
      ({ parameters, optimiser } = next);
    }
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
        loss: first?.loss ?? null,
        gradNorm: first?.norms ?? NO_GRADIENT,
        ...(material.observed ?? observe(trainer, parameters, done)),
        kept,
        missingErrors,
        tokens,
      },
      material,
    };
  });
}

/** The result of an update. */
type Updated = Pick<TrainingState, 'parameters' | 'optimiser'> & {
  readonly loss: number;
  readonly norms: MetricsLine['gradNorm'];
};

/** What `split` returns. @throws Diverged if a number of the loss or of its slope is beyond the type */
function orDiverged<T>(where: string, split: () => T): T {
  try {
    return split();
  } catch (error) {
    if (!(error instanceof OverflowError)) throw error;
    throw new Diverged(`training stopped at ${where}: ${error.message}`);
  }
}

function update(
  trainer: Trainer,
  phase: PhaseConfig,
  state: TrainingState,
  { episodes, outcome }: Material,
  epoch: number,
): Updated {
  const { model, config, task } = trainer;
  const microBatch = chosenMicroBatch(config, task, state.phase);
  const step = stepsDone(trainer, state) + 1;
  const { splitEvery } = config.run;
  const isSplit = splitEvery > 0 && step % splitEvery === 0;
  return scope(() => {
    const split = (): ReturnType<typeof splitGradient> =>
      splitGradient(model, state.parameters, phase, episodes, outcome, microBatch, isSplit);
    const where = `step ${step} (${state.phase}, ${phase.objective})`;
    const { loss, norms, gradient } = orDiverged(where, split);
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
