// All formats, in the order in which messages name them.
import type { RolloutFormat } from '../format.ts';
import { msSwift } from './msSwift.ts';
import { nemoRl } from './nemoRl.ts';
import { openInstruct } from './openInstruct.ts';
import { primeRl } from './primeRl.ts';
import { rlLoggingBoard } from './rlLoggingBoard.ts';
import { rollouts } from './rollouts.ts';
import { trl } from './trl.ts';
import { unipo } from './unipo.ts';
import { verifiers } from './verifiers.ts';
import { verifiersLegacy } from './verifiersLegacy.ts';
import { verl } from './verl.ts';

/** The formats that rollouts are read from. */
export const formats: readonly RolloutFormat[] = [
  rollouts,
  verl,
  trl,
  nemoRl,
  primeRl,
  verifiers,
  verifiersLegacy,
  openInstruct,
  msSwift,
  rlLoggingBoard,
  unipo,
];
