// The episodes that a step learned from, as trajectories with the numbers that the objective was given and the weights that it gave.
import type { Parameters } from '../autodiff/index.ts';
import { type EpisodeBatch, logProbsOf } from '../episodes/index.ts';
import { getObjective } from '../objectives/index.ts';
import { COMPONENTS } from '../policy/index.ts';
import type { Header } from '../rollouts/format.ts';
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';
import { PAD } from '../tasks/index.ts';
import type { PhaseConfig } from './config.ts';
import { tokenBatch } from './gradient.ts';
import type { Material } from './material.ts';
import { chosenMicroBatch } from './memory.ts';
import type { PhaseName } from './phases.ts';
import type { Trainer } from './trainer.ts';

/** The role of each component. */
const ROLE_OF = COMPONENTS.map((component) => ROLES.indexOf(component));
const PROMPT = ROLES.indexOf('prompt');
const PADDING = ROLES.indexOf('pad');

/** Where a step is taken, and with what. */
export interface LoggedStep {
  readonly phase: PhaseName;
  /** Counted over the whole run, from 1. */
  readonly step: number;
  /** Those before the step. */
  readonly parameters: Parameters;
  readonly material: Material;
}

/** What the file of a phase says once: its objective, with its options. */
export function rolloutHeader({ objective, options }: PhaseConfig): Header {
  return { objective, options: { ...options } };
}

/** The prompt of each episode: its tokens stand in the inputs of the network before the row that predicts its first response token. */
export function promptsOf({ layout, inputs, offsets, rows }: EpisodeBatch): number[][] {
  const ids = inputs.flatMap((part) => [...part.ids]);
  return Array.from({ length: offsets.length - 1 }, (_, i) => {
    const end = rows[offsets[i]!]! + 1;
    return ids.slice(end - layout.promptLength, end);
  });
}

/** Names of groups, [groups]: the prompt, with a number where a step has it more than once. */
function groupNames(prompts: readonly string[], group: Int32Array): string[] {
  const names: string[] = [];
  const seen = new Map<string, number>();
  prompts.forEach((prompt, i) => {
    if (names[group[i]!] !== undefined) return;
    const count = (seen.get(prompt) ?? 0) + 1;
    seen.set(prompt, count);
    names[group[i]!] = count === 1 ? prompt : `${prompt} (${count})`;
  });
  return names;
}

/** [T] numbers of the response, with NaN on the prompt before it. */
function afterPrompt(prompt: number, values: Float64Array): Float64Array {
  const all = new Float64Array(prompt + values.length).fill(Number.NaN);
  all.set(values, prompt);
  return all;
}

/**
 * The episodes of a step of a phase that learns from episodes, as trajectories. `logProbs` are those of the network before the step,
 * computed as the loss computes them; `oldLogProbs` those with which the episodes were drawn; `weights` those of the objective's loss in
 * the first update, without the entropy bonus. Nothing of the training is changed.
 * @param file how places name it
 */
export function stepTrajectories(
  trainer: Trainer,
  { phase: name, step, parameters, material }: LoggedStep,
  file: string,
): Trajectory[] {
  const { config, task, layout, model } = trainer;
  const phase = config[name];
  const { episodes, outcome } = material;
  const { offsets, component, mask, targets } = episodes;
  const logProb = logProbsOf(model, parameters, episodes, chosenMicroBatch(config, task, name));
  const batch = tokenBatch(episodes, outcome, logProb);
  const objective = getObjective(phase.objective);
  const weights = objective.weights(batch, phase.options);
  const { parts } = objective;
  const advantage = parts?.scales(parts.numbers(batch, phase.options), phase.options).advantage;
  const usesReference = phase.options.beta !== undefined && phase.options.beta !== 0;
  const prompts = promptsOf(episodes);
  const names = groupNames(prompts.map(task.tokens.decode), outcome.group);
  return prompts.map((prompt, i) => {
    const [from, to] = [offsets[i]!, offsets[i + 1]!];
    const numbers = (values: Float64Array): Float64Array =>
      afterPrompt(layout.promptLength, values.subarray(from, to));
    const ids = Int32Array.from([...prompt, ...targets.subarray(from, to)]);
    const roles = Uint8Array.from(ids, (id, t) =>
      t >= layout.promptLength
        ? ROLE_OF[component[from + t - layout.promptLength]!]!
        : id === PAD
          ? PADDING
          : PROMPT,
    );
    const isTrained = new Uint8Array(ids.length);
    isTrained.set(mask.subarray(from, to), layout.promptLength);
    const byToken = new Float64Array(ids.length);
    byToken.set(weights.subarray(from, to), layout.promptLength);
    return {
      place: { file, line: i + 2 },
      length: ids.length,
      unit: 'tokens',
      ids,
      tokens: Array.from(ids, (id) => task.tokens.names[id]!),
      roles,
      mask: isTrained,
      isMaskLogged: true,
      areRolesLogged: true,
      logProbs: numbers(logProb),
      oldLogProbs: numbers(batch.oldLogProb),
      ...(usesReference ? { refLogProbs: numbers(batch.refLogProb) } : {}),
      reward: outcome.reward[i]!,
      correct: outcome.reward[i] === 1,
      ...(advantage === undefined ? {} : { advantage: advantage[i]! }),
      weights: byToken,
      group: names[outcome.group[i]!]!,
      step,
    };
  });
}
