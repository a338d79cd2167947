// The objectives by name: those that are built in, and those that a user registers.
import { InputError } from '../base/errors.ts';
import { type Options, type RawOptions, withDefault } from '../base/options.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { cispo } from './cispo.ts';
import { dapo } from './dapo.ts';
import { dppo } from './dppo.ts';
import { drGrpo } from './drGrpo.ts';
import { gdpo } from './gdpo.ts';
import { grpo } from './grpo.ts';
import { gspo } from './gspo.ts';
import { icepop } from './icepop.ts';
import { luspo } from './luspo.ts';
import { maxrl } from './maxrl.ts';
import { type ObjectiveName, type TrainerName, trainerNames } from './names.ts';
import { defineObjective, type Objective } from './objective.ts';
import { opo } from './opo.ts';
import { opsm } from './opsm.ts';
import { ppo } from './ppo.ts';
import { reinforce } from './reinforce.ts';
import { reinforcePlusPlus } from './reinforcePlusPlus.ts';
import { reinforcePlusPlusBaseline } from './reinforcePlusPlusBaseline.ts';
import { rloo } from './rloo.ts';
import { sapo } from './sapo.ts';
import { sft } from './sft.ts';
import { tis } from './tis.ts';
import { trainers } from './trainers/index.ts';

export { type ObjectiveName, objectiveNames } from './names.ts';

const builtIn: Readonly<Record<ObjectiveName, Objective>> = {
  sft,
  reinforce,
  rloo,
  grpo,
  drGrpo,
  dapo,
  gspo,
  ppo,
  cispo,
  luspo,
  dppo,
  tis,
  icepop,
  opsm,
  sapo,
  maxrl,
  gdpo,
  reinforcePlusPlus,
  reinforcePlusPlusBaseline,
  opo,
};

/** The built-in objectives by name, in the order in which they are shown. */
export const objectives: Readonly<Record<ObjectiveName, Objective>> = builtIn;

const known = new Map<string, Objective>(Object.entries(objectives));

/**
 * Adds an objective of your own, which configurations and `exact` can then name.
 * @param alias another name for it, such as the path of its module
 * @throws InputError if the name is taken
 * @example
 * ```ts
 * import { defineObjective, getObjective, registerObjective, rloo } from 'gradsplit/objectives';
 * registerObjective(defineObjective({
 *   ...rloo,
 *   name: 'twiceRloo',
 *   weights: (batch, options) => rloo.weights(batch, options).map((w) => 2 * w),
 * }));
 * getObjective('twiceRloo').source; // → 'arXiv 2402.14740'
 * ```
 */
export function registerObjective(objective: Objective, alias: string = objective.name): void {
  const { name } = objective;
  if (known.has(name)) throw new InputError(`objective "${showText(name, 40)}": the name is taken`);
  known.set(name, objective).set(alias, objective);
}

/** The objective as a trainer has it, under the name `objective@trainer`, with the trainer's options as defaults. */
function asTrained(name: string, trainer: TrainerName, at: string): Objective {
  const isOwn = (own: string): own is ObjectiveName => Object.hasOwn(builtIn, own);
  const { title, presets } = trainers[trainer];
  const preset = isOwn(name) ? presets[name] : undefined;
  if (preset === undefined || !isOwn(name)) {
    const names = Object.keys(presets);
    throw new InputError(
      `${at}objective "${showText(name, 40)}": ${title} has none of that name${suggest(name, names)}; it has ${names.join(', ')}`,
    );
  }
  const objective = builtIn[preset.objective ?? name];
  const defaults = objective.parseOptions(preset.options);
  const table = Object.entries(objective.options).map(([key, option]) => [
    key,
    withDefault(option, defaults[key]!),
  ]);
  return defineObjective({
    ...objective,
    name: `${name}@${trainer}`,
    source: `${title} ${preset.source}`,
    options: Object.fromEntries(table),
  });
}

/** The objective `name@trainer`, made when it is first asked for. */
function ofTrainer(full: string, at: string): Objective {
  const cut = full.indexOf('@');
  const [name, given] = [full.slice(0, cut), full.slice(cut + 1)];
  const trainer = trainerNames.find((one) => one === given);
  if (trainer === undefined) {
    throw new InputError(
      `${at}unknown trainer "${showText(given, 40)}"${suggest(given, trainerNames)}; known: ${trainerNames.join(', ')}`,
    );
  }
  const objective = asTrained(name, trainer, at);
  known.set(full, objective);
  return objective;
}

/**
 * The objective of that name, or of a name such as `grpo@verl`: that of the trainer, whose options are the defaults.
 * @param place where the name stands, for the message; left out on a command line
 * @throws InputError that suggests the nearest name and lists all names
 * @example
 * ```ts
 * import { getObjective } from 'gradsplit/objectives';
 * const grpo = getObjective('grpo');
 * grpo.source; // → 'arXiv 2402.03300'
 * grpo.parseOptions({ clipHigh: 0.28 }).clipHigh; // → 0.28
 * getObjective('grpo@verl').parseOptions({}).dualClip; // → 3
 * ```
 */
export function getObjective(name: string, place?: string): Objective {
  const objective = known.get(name);
  if (objective !== undefined) return objective;
  const at = place === undefined ? '' : `${place}: `;
  if (name.includes('@')) return ofTrainer(name, at);
  const names = [...known.keys()].filter((one) => !one.includes('@'));
  throw new InputError(
    `${at}unknown objective "${showText(name, 40)}"${suggest(name, names)}; known: ${names.join(', ')}`,
  );
}

/** An objective with its options complete. */
export interface Choice {
  readonly objective: Objective;
  readonly options: Options;
  /** Whose conventions it follows; undefined where the name has no @. */
  readonly trainer: TrainerName | undefined;
}

/**
 * An objective with its options, by a name with or without a trainer.
 * @throws InputError for an unknown name, trainer or option, or a value out of range
 * @example
 * ```ts
 * import { chooseObjective } from 'gradsplit/objectives';
 * const { objective, options, trainer } = chooseObjective('grpo@trl', { clipHigh: 0.28 });
 * [objective.name, options.stdEpsilon, options.clipHigh, trainer]; // → ['grpo@trl', 0.0001, 0.28, 'trl']
 * ```
 */
export function chooseObjective(name: string, raw: RawOptions = {}): Choice {
  const objective = getObjective(name);
  const trainer = trainerNames.find((one) => name.endsWith(`@${one}`));
  return { objective, options: objective.parseOptions(raw), trainer };
}
