// The objectives by name: those that are built in, and those that a user registers.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { cispo } from './cispo.ts';
import { dapo } from './dapo.ts';
import { drGrpo } from './drGrpo.ts';
import { grpo } from './grpo.ts';
import { gspo } from './gspo.ts';
import { luspo } from './luspo.ts';
import type { Objective } from './objective.ts';
import { ppo } from './ppo.ts';
import { reinforce } from './reinforce.ts';
import { rloo } from './rloo.ts';
import { sft } from './sft.ts';

const builtIn = { sft, reinforce, rloo, grpo, drGrpo, dapo, gspo, ppo, cispo, luspo };

/** The name of a built-in objective. */
export type ObjectiveName = keyof typeof builtIn;

/** The built-in objectives by name, in the order in which they are shown. */
export const objectives: Readonly<Record<ObjectiveName, Objective>> = builtIn;

/** The names of the built-in objectives, in the order in which they are shown. */
export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectives).filter(
  (name): name is ObjectiveName => Object.hasOwn(objectives, name),
);

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

/**
 * The objective of that name.
 * @param place where the name stands, for the message; left out on a command line
 * @throws InputError that suggests the nearest name and lists all names
 * @example
 * ```ts
 * import { getObjective } from 'gradsplit/objectives';
 * const grpo = getObjective('grpo');
 * grpo.source; // → 'arXiv 2402.03300'
 * grpo.parseOptions({ clipHigh: 0.28 }).clipHigh; // → 0.28
 * ```
 */
export function getObjective(name: string, place?: string): Objective {
  const objective = known.get(name);
  if (objective !== undefined) return objective;
  const names = [...known.keys()];
  const at = place === undefined ? '' : `${place}: `;
  throw new InputError(
    `${at}unknown objective "${showText(name, 40)}"${suggest(name, names)}; known: ${names.join(', ')}`,
  );
}
