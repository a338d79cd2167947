// Proofs about objectives: the verdicts on a weight formula, built-in or of a user.
import type { Options } from '../../base/options.ts';
import { weightFormulas } from '../../objectives/formulas/index.ts';
import type { ObjectiveName } from '../../objectives/names.ts';
import type { Subject } from './subject.ts';

export type { Points } from './decide.ts';
export { FormulaError } from './formulaError.ts';
export { balanceVerdict, type ObjectiveProof, proveObjective } from './prove.ts';
export { checkSize, DEFAULT_SIZE, groupSizes, type ProofSize, shapeOf } from './size.ts';
export { repeatable, type Subject } from './subject.ts';
export type { ObjectiveVerdict } from './verdict.ts';

/** A built-in objective with its options complete. */
export function builtInSubject(name: ObjectiveName, options: Options): Subject {
  return { weights: (field, batch) => weightFormulas[name].weights(field, batch, options) };
}
