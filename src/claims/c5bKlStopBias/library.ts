// What the recursions have for the statements of C5b.
import { klGradient, leafRatios } from '../../attribution/divergence.ts';
import { leafWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { float64Field as field } from '../../base/field.ts';
import type { Library } from '../shared/inFloat64.ts';
import { resampleEntries } from './resampleDerivatives.ts';
import { closedForm, sequenceK2 } from './statements.ts';

const TERMS = 'E Σ|log-ratio|, moves up to 1½';

/** ∇KL along a direction of RESAMPLE logits. */
const alongResample: Library = (policy, { moves }) => {
  const entries = resampleEntries(policy, klGradient(policy, policy.reference));
  const left = entries.reduce((sum, x, i) => sum + x * moves![i]!, 0);
  return { left, size: 1.5 * policy.logSize, terms: TERMS };
};

/** The derivative of k2 of whole trajectories with samples held fixed, and that of KL. */
const ofSequences: Library = (policy) => {
  const { prob, logRatio } = leafRatios(policy);
  const weighted = field.mul(
    prob,
    logRatio.map((x, i) => (prob[i] === 0 ? 0 : x)),
  );
  return {
    left: resampleEntries(policy, scoreGradient(policy, leafWeights(policy.graph, weighted))),
    right: resampleEntries(policy, klGradient(policy, policy.reference)),
    size: policy.logSize,
    terms: TERMS,
  };
};

/** Sides of the statements of C5b, by the names of these. */
export const c5bLibrary: Readonly<Record<string, Library>> = {
  [closedForm.name]: alongResample,
  [sequenceK2.name]: ofSequences,
};
