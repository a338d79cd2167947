// All formats, in the order in which messages name them.
import type { RolloutFormat } from '../format.ts';
import { rollouts } from './rollouts.ts';

/** The formats that rollouts are read from. */
export const formats: readonly RolloutFormat[] = [rollouts];
