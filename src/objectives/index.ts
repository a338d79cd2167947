// Public surface of gradsplit/objectives.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { cispo } from './cispo.ts';
import { dapo } from './dapo.ts';
import { drGrpo } from './drGrpo.ts';
import { grpo } from './grpo.ts';
import { gspo } from './gspo.ts';
import { luspo } from './luspo.ts';
import type { Objective, ObjectiveName } from './objective.ts';
import { ppo } from './ppo.ts';
import { reinforce } from './reinforce.ts';
import { rloo } from './rloo.ts';
import { sft } from './sft.ts';

export type { OptionSpec, OptionTable } from '../base/options.ts';
export { DECISION, SAMPLE, type TokenBatch } from './batch.ts';
export { checkBatch } from './checkBatch.ts';
export { type KlEstimator, klShapedReward, klSlope, klTensor, klValue } from './kl.ts';
export type { Objective, ObjectiveName, Options, RawOptions } from './objective.ts';

/** Every objective by name. */
export const objectives: Readonly<Record<ObjectiveName, Objective>> = {
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
};

/** The names, in the order in which they are shown. */
export const objectiveNames: readonly ObjectiveName[] = Object.keys(objectives) as ObjectiveName[];

/**
 * The objective of that name.
 * @throws InputError naming the near name and all names
 */
export function getObjective(name: string): Objective {
  if (Object.hasOwn(objectives, name)) return objectives[name as ObjectiveName];
  throw new InputError(
    `unknown objective "${showText(name, 40)}"${suggest(name, objectiveNames)}; known: ${objectiveNames.join(', ')}`,
  );
}
