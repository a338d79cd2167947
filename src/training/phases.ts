// The phases of a run, and how many episodes a step of one has.
import type { PhaseConfig } from './config.ts';

/** These are the names of the phases, in their order. */
export const PHASES = ['base', 'train'] as const;

/** A `PhaseName` is the name of a phase. */
export type PhaseName = (typeof PHASES)[number];

/** Returns the number of episodes that a step of a phase learns from, or draws to learn from. */
export function episodesOfStep({ learnsFrom, loop }: PhaseConfig): number {
  return learnsFrom === 'demonstrations' ? loop.batch : loop.prompts * loop.group;
}
