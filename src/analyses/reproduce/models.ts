// The models that an experiment trains at every seed, and the pairs of them that it compares.
import type { ModelName, PairName } from '../../documents/reproduce.ts';

/** Where all begin, and what becomes of it by four ways of going on. */
export const MODELS: readonly ModelName[] = ['base', 'sft', 'rl', 'rlSample', 'rlDecision'];

/** The pairs of which components are swapped; a->b. */
export const PAIRS: readonly PairName[] = ['sft->rl', 'base->rl', 'base->sft'];

/** The models of a pair. */
export function modelsOf(pair: PairName): [ModelName, ModelName] {
  return pair.split('->') as [ModelName, ModelName];
}
