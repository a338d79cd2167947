// The trainers by name.
import type { TrainerName } from '../names.ts';
import { nemoRl } from './nemoRl.ts';
import { openrlhf } from './openrlhf.ts';
import type { Trainer } from './preset.ts';
import { primeRl } from './primeRl.ts';
import { trl } from './trl.ts';
import { verl } from './verl.ts';

/** The trainers by name, in the order in which they are shown. */
export const trainers: Readonly<Record<TrainerName, Trainer>> = {
  trl,
  verl,
  openrlhf,
  'nemo-rl': nemoRl,
  'prime-rl': primeRl,
};
