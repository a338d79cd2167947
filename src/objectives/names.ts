// The names of the objectives and of the trainers, apart from their code so that help and completion can say them at once.

const objectives = [
  'sft',
  'reinforce',
  'rloo',
  'grpo',
  'drGrpo',
  'dapo',
  'gspo',
  'ppo',
  'cispo',
  'luspo',
  'dppo',
  'tis',
  'icepop',
  'opsm',
  'sapo',
  'maxrl',
  'gdpo',
  'reinforcePlusPlus',
  'reinforcePlusPlusBaseline',
  'opo',
] as const;

/** The name of a built-in objective. */
export type ObjectiveName = (typeof objectives)[number];

/** The names of the built-in objectives, in the order in which they are shown. */
export const objectiveNames: readonly ObjectiveName[] = objectives;

/** The trainers whose conventions are known, as they stand behind the @ in `grpo@verl`. */
export const trainerNames = ['trl', 'verl', 'openrlhf', 'nemo-rl', 'prime-rl'] as const;

/** The name of a trainer. */
export type TrainerName = (typeof trainerNames)[number];
