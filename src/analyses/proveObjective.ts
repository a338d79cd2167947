// `prove objective`: the verdicts on built-in objectives, and those on a weight formula from elsewhere, as a document.
import type { Options, RawOptions } from '../base/options.ts';
import type { ProvedObjective } from '../documents/objectiveProof.ts';
import type { ProveDocument } from '../documents/prove.ts';
import { chooseObjective, type ObjectiveName, objectiveNames, trainers } from '../objectives/index.ts';
import {
  builtInSubject,
  checkSize,
  groupSizes,
  type ObjectiveProof,
  type Points,
  type ProofSize,
  proveObjective,
  shapeOf,
} from '../proofs/objectives/index.ts';

export { checkSize, DEFAULT_SIZE, type ProofSize } from '../proofs/objectives/index.ts';

/** Is told which question about which objective is put. */
export type ProofProgress = (objective: string, question: string) => void;

function plain(options: Options): ProvedObjective['options'] {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

/** The built-in objective whose formula a name such as `grpo` or `grpo@verl` has. */
function ownName(name: string, trainer: keyof typeof trainers | undefined): ObjectiveName {
  const before = objectiveNames.find((own) => own === name.split('@')[0])!;
  return trainer === undefined ? before : (trainers[trainer].presets[before]?.objective ?? before);
}

/** An entry of the document from the verdicts on an objective. */
export function provedObjective(name: string, options: Options, proof: ObjectiveProof): ProvedObjective {
  return { name, options: plain(options), ...proof };
}

/**
 * The verdicts on an objective by name, built in, with or without a trainer.
 * @throws InputError for an unknown name, trainer or option, a value out of range, or a size that is too large
 */
export function proveNamedObjective(
  name: string,
  raw: RawOptions,
  points: Points,
  size: ProofSize,
  onProgress: ProofProgress = () => {},
): ProvedObjective {
  checkSize(size);
  const { options, trainer } = chooseObjective(name, raw);
  const subject = builtInSubject(ownName(name, trainer), options);
  return provedObjective(
    name,
    options,
    proveObjective(subject, points, size, (question) => onProgress(name, question)),
  );
}

/** The document from the verdicts on objectives. */
export function objectiveProofsDocument(
  points: number,
  size: ProofSize,
  objectives: ProvedObjective[],
): ProveDocument {
  return {
    schema: 'gradsplit/prove@1',
    shape: shapeOf(size),
    groupSizes: groupSizes(size),
    field: 'GF(2^61-1)',
    points,
    claims: [],
    objectives,
  };
}
