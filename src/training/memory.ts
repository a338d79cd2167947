// The memory that a run needs, from its configuration alone: an upper bound, computed before anything is allocated.
import { checkMemory, type Lowering, type MemoryBytes } from '../base/memory.ts';
import { MOST_KERNEL_BYTES } from '../kernels/wasm/instantiate.ts';
import {
  decoderBytes,
  type NetworkSizes,
  parameterBytes,
  parameterHostBytes,
  passBytes,
  passHostBytes,
} from '../nn/memory.ts';
import type { Task } from '../tasks/index.ts';
import type { PhaseConfig, TrainingConfig } from './config.ts';
import { modelConfigOf } from './network.ts';
import { episodesOfStep, PHASES, type PhaseName } from './phases.ts';

/** What the memory of a run depends on, in numbers. */
interface Demand {
  readonly sizes: NetworkSizes;
  /** Tokens of a whole episode, the prompt included. */
  readonly tokens: number;
  /** Episodes of a step, by phase. */
  readonly episodes: Readonly<Record<PhaseName, number>>;
  /** The option `microBatch`. */
  readonly microBatch: number;
  /** Episodes of an evaluation on the way. */
  readonly evaluated: number;
}

/** Micro-batches are chosen so that a step fits into this. It depends on no machine, so that the bits of a run do not either. */
const AUTOMATIC_BYTES = 3 * 2 ** 30;

/** Copies of the parameters with their two moments and, in the phase `train`, with the reference and moments that are let go. */
const STATE: Readonly<Record<PhaseName, number>> = { base: 3, train: 5 };
/** Copies of the parameters for a gradient and its two parts, likewise while micro-batches are added up. */
const GRADIENTS = { whole: 3, inParts: 6 } as const;
/** Copies of the parameters for the gradient, the new moments, the updates and the new parameters. */
const UPDATE = 5;

/** Episodes that are drawn at a time (see episodes/rollout.ts). */
const DRAWN_TOGETHER = 256;

/** Bytes of the host for an episode and for each of its tokens; about twice of what is measured. */
const HOST_PER_EPISODE = 1500;
const HOST_PER_TOKEN = 80;

/** Bytes of the host for what a run takes beside its episodes. */
const HOST_BASIS = 32 * 2 ** 20;

/** Tensors over the tokens of a batch that a loss takes: of the size of the logits, and vectors. Bytes of one of their numbers. */
const LOSS_COPIES = 10;
const LOSS_VECTORS = 30;
const FLOAT_IN_BLOCK = 5;

function sizesOf({ model, run }: TrainingConfig, task: Task): { sizes: NetworkSizes; tokens: number } {
  const tokens = task.promptLegal.length + run.attempts * (task.attemptLegal.length + 1) - 1;
  const config = modelConfigOf({ vocabulary: task.tokens.names.length, context: tokens - 1 }, model);
  const { vocabulary, context, width, layers, heads, inner } = config;
  const sizes = { vocabulary, context, width, layers, heads, inner };
  return { sizes: 'architecture' in config ? { ...sizes, rotary: config } : sizes, tokens };
}

/** The smallest sizes with as many heads. */
function narrowest({ heads, rotary }: NetworkSizes): Partial<NetworkSizes> {
  if (rotary === undefined) return { width: heads, inner: 4 * heads };
  return { width: 2 * heads, inner: 8 * Math.ceil((2 * heads) / 3), rotary: { ...rotary, headWidth: 2 } };
}

function demandOf(config: TrainingConfig, task: Task): Demand {
  const { base, train, run } = config;
  return {
    ...sizesOf(config, task),
    episodes: { base: episodesOfStep(base), train: episodesOfStep(train) },
    microBatch: run.microBatch,
    evaluated: run.evaluateEvery === 0 ? 0 : run.evaluateEpisodes,
  };
}

/** Bytes of the host for so many episodes. */
function episodeBytes(count: number, tokens: number): number {
  return count * (HOST_PER_EPISODE + HOST_PER_TOKEN * tokens);
}

/** Kernel memory of drawing episodes, beside the parameters. */
function drawingBytes({ sizes, tokens }: Pick<Demand, 'sizes' | 'tokens'>, episodes: number): number {
  const slots = Math.min(DRAWN_TOGETHER, episodes);
  return decoderBytes(sizes, slots, Math.min(DRAWN_TOGETHER, slots * tokens));
}

/** Kernel memory of the loss of a batch with so many tokens: logits and others of their size, and vectors. */
function lossBytes({ vocabulary }: NetworkSizes, tokens: number): number {
  return FLOAT_IN_BLOCK * tokens * (LOSS_COPIES * vocabulary + LOSS_VECTORS);
}

/** Kernel memory of the gradient and the update of a step, with so many episodes at once. */
function learningBytes({ sizes, tokens, episodes }: Demand, phase: PhaseName, microBatch: number): number {
  const atOnce = Math.min(microBatch, episodes[phase]);
  const parameters = parameterBytes(sizes);
  const loss = lossBytes(sizes, episodes[phase] * tokens);
  const gradients = atOnce < episodes[phase] ? GRADIENTS.inParts : GRADIENTS.whole;
  const backward = gradients * parameters + passBytes(sizes, atOnce * sizes.context) + loss;
  return STATE[phase] * parameters + Math.max(UPDATE * parameters, backward);
}

/** Memory of a step of a phase with so many episodes at once. */
function stepBytes(demand: Demand, phase: PhaseName, microBatch: number): MemoryBytes {
  const { sizes, tokens, evaluated, episodes } = demand;
  const kept = Math.max(episodes[phase], evaluated);
  const drawing = STATE[phase] * parameterBytes(sizes) + drawingBytes(demand, kept);
  const copies = STATE[phase] + UPDATE + GRADIENTS.inParts;
  return {
    kernel: Math.max(learningBytes(demand, phase, microBatch), drawing),
    host:
      HOST_BASIS + episodeBytes(kept, tokens) + copies * parameterHostBytes(sizes) + passHostBytes(sizes, 4),
  };
}

/**
 * The option, or the whole batch or else the largest power of two with which learning fits into AUTOMATIC_BYTES. Where none does, that
 * which needs least: gradients that are added up take memory themselves, so a cut does not always help.
 */
function microBatchOf(demand: Demand, phase: PhaseName): number {
  if (demand.microBatch > 0) return demand.microBatch;
  const need = (most: number): number => learningBytes(demand, phase, most);
  const all = demand.episodes[phase];
  let best = all;
  for (
    let most = 2 ** Math.floor(Math.log2(Math.max(1, all)));
    need(best) > AUTOMATIC_BYTES && most >= 1;
    most /= 2
  ) {
    if (need(most) < need(best)) best = most;
  }
  return best;
}

/**
 * Returns the most episodes that go through the network at once in a phase: the option `run.microBatch`, or what follows from the sizes
 * of the configuration. It does not depend on the machine.
 */
export function chosenMicroBatch(config: TrainingConfig, task: Task, phase: PhaseName): number {
  return microBatchOf(demandOf(config, task), phase);
}

function memoryOf(demand: Demand): MemoryBytes {
  const steps = PHASES.map((phase) => stepBytes(demand, phase, microBatchOf(demand, phase)));
  return {
    kernel: Math.max(...steps.map(({ kernel }) => kernel)),
    host: Math.max(...steps.map(({ host }) => host)),
  };
}

/**
 * Returns an upper bound of the memory that training needs.
 * @example
 * ```ts
 * import { addition } from 'gradsplit/tasks';
 * import { parseConfig, trainingMemory } from 'gradsplit/training';
 * const config = parseConfig({ task: { name: 'addition' } }, 'example');
 * trainingMemory(config, addition.create()).kernel < 2 ** 28; // → true
 * ```
 */
export function trainingMemory(config: TrainingConfig, task: Task): MemoryBytes {
  return memoryOf(demandOf(config, task));
}

/** The entries of a phase that say how many episodes a step has. */
function batchEntries(name: PhaseName, phase: PhaseConfig): string[] {
  return phase.learnsFrom === 'demonstrations' ? [`${name}.batch`] : [`${name}.prompts`, `${name}.group`];
}

/** What can be lowered in a configuration, with what is demanded at the lowest value. */
function variantsOf(config: TrainingConfig, task: Task): [string, Demand][] {
  const demand = demandOf(config, task);
  const { sizes, tokens } = demand;
  const shorter = (removed: number): Demand => ({
    ...demand,
    tokens: tokens - removed,
    sizes: { ...sizes, context: sizes.context - removed },
  });
  const smaller = (part: Partial<NetworkSizes>): Demand => ({ ...demand, sizes: { ...sizes, ...part } });
  const attempt = task.attemptLegal.length + 1;
  return [
    ...PHASES.flatMap((phase) => {
      const fewer = { ...demand, episodes: { ...demand.episodes, [phase]: 1 } };
      return batchEntries(phase, config[phase]).map((name): [string, Demand] => [name, fewer]);
    }),
    ['run.evaluateEpisodes', { ...demand, evaluated: 1 }],
    [`run.microBatch${demand.microBatch === 0 ? ' (now automatic)' : ''}`, { ...demand, microBatch: 1 }],
    ['run.attempts', shorter((config.run.attempts - 1) * attempt)],
    ['model.layers', smaller({ layers: 1 })],
    ['model.width', smaller(narrowest(sizes))],
    ['the length of the prompts', shorter(task.promptLegal.length - 1)],
    ['the length of the answers', shorter(config.run.attempts * (attempt - 2))],
  ];
}

/**
 * Checks that training finds the memory that it needs.
 * @param had what can be had
 * @throws InputError naming what is needed, what can be had and what to lower
 */
export function checkTrainingMemory(config: TrainingConfig, task: Task, had: MemoryBytes): void {
  const lowerings = variantsOf(config, task).map(
    ([name, lowered]): Lowering => ({ name, need: memoryOf(lowered) }),
  );
  checkMemory('train', trainingMemory(config, task), had, lowerings);
}

/** What kernels can hold at most, on any machine. */
const ADDRESSABLE: MemoryBytes = { kernel: MOST_KERNEL_BYTES, host: Number.POSITIVE_INFINITY };

/**
 * Checks that the parameters of a network could fit into any kernels.
 * @throws InputError naming what is needed, what can be had and what to lower
 */
export function checkModelMemory(config: TrainingConfig, task: Task): void {
  const need = ({ sizes }: Pick<Demand, 'sizes'>): MemoryBytes => ({
    kernel: parameterBytes(sizes),
    host: 0,
  });
  const lowerings = variantsOf(config, task).map(([name, lowered]) => ({ name, need: need(lowered) }));
  checkMemory('the network', need(sizesOf(config, task)), ADDRESSABLE, lowerings);
}

/**
 * Checks that there is memory for the episodes of a trained policy.
 * @param what draws them, for the message
 * @param count the number of episodes that are kept at a time
 * @param entry what says how many there are, for the message
 * @param had what can be had
 * @throws InputError naming what is needed, what can be had and what to lower
 */
export function checkEpisodeMemory(
  what: string,
  config: TrainingConfig,
  task: Task,
  count: number,
  entry: string,
  had: MemoryBytes,
): void {
  const { sizes, tokens } = sizesOf(config, task);
  const of = (episodes: number): MemoryBytes => ({
    kernel: parameterBytes(sizes) + drawingBytes({ sizes, tokens }, episodes),
    host: HOST_BASIS + parameterHostBytes(sizes) + episodeBytes(episodes, tokens),
  });
  checkMemory(what, of(count), had, [{ name: entry, need: of(1) }]);
}
