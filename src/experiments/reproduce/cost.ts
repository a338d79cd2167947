// About how long jobs take, in milliseconds of one machine that was measured: only their ratios matter.
import { PLAYS } from '../../analyses/reproduce/evaluateSeed.ts';
import { episodesOfStep, type PhaseConfig } from '../../training/index.ts';

/** A demonstration of SFT: forward, backward. */
const DEMONSTRATION = 1.1;
/** An episode of RL: drawn, scored by the reference, forward, backward. */
const EPISODE = 1.5;
/** An episode of an evaluation, with its share of the bootstrap. */
const PLAY = 1;

/** A step of a phase. */
export function stepCost(phase: PhaseConfig): number {
  return episodesOfStep(phase) * (phase.learnsFrom === 'demonstrations' ? DEMONSTRATION : EPISODE);
}

/** A phase. */
export function phaseCost(phase: PhaseConfig): number {
  return phase.loop.steps * stepCost(phase);
}

/** The evaluation of a seed. */
export function evaluationCost(episodes: number): number {
  return PLAY * PLAYS * episodes;
}
