// What a claim adds where its subject has a transformer with shared parameters: comparisons of the gradients g_c of both components
// in every coordinate of its parameters.
import type { Check, ClaimSubject, Control } from '../claim.ts';
import type { TransformerSubject } from './subject.ts';

/** Checks and controls to add where the subject has a transformer. */
export interface Added {
  readonly checks: readonly Check[];
  readonly controls: readonly Control[];
}

/** What a claim adds; nothing where the subject has no transformer. */
export function onTransformer(
  subject: ClaimSubject,
  add: (t: TransformerSubject, subject: ClaimSubject) => Added,
): Added {
  const { transformer } = subject;
  // Its controls run on the transformer itself, which is seeded and generic: a companion of the policy.
  return transformer === undefined
    ? { checks: [], controls: [] }
    : add(transformer, { ...subject, companionIs: 'companion' });
}
