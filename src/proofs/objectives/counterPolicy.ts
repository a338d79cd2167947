// A counter-example as a policy file with odds, and in words that fit a line.
import { decisionKeys, leafKeys, type PolicyShape, sampleKeys } from '../../policy/shape.ts';
import type { Refutation } from './counterExample.ts';
import type { Candidate } from './sources.ts';

/** Odds by history: e^{logit} up to a factor for each. */
interface Odds {
  readonly sample: Readonly<Record<string, readonly number[]>>;
  readonly decision: Readonly<Record<string, readonly number[]>>;
}

/** A gradsplit/policy@1 document with odds in the place of logits. */
export interface OddsPolicy {
  readonly format: 'gradsplit/policy@1';
  readonly attempts: number;
  readonly length: number;
  readonly vocabulary: number;
  readonly reward: { readonly table: Readonly<Record<string, number>> };
  readonly odds: Odds;
  readonly reference: { readonly odds: Odds };
}

/** The first token of every attempt, which is all that a policy of the padding construction looks at. */
function firstTokens(key: string): string {
  return key.replace(/(\d+)(,\d+)*/g, '$1');
}

/** Whether the token after a sample history is padding: the history ends within an attempt. */
function isInsideAttempt(key: string): boolean {
  return key !== '' && !key.endsWith('/');
}

function oddsTable(
  candidate: Candidate,
  kind: 'policy' | 'reference',
  shape: PolicyShape,
  isPadded: boolean,
): Odds {
  const sample = [...sampleKeys(shape)].map((key) => {
    const name = !isPadded ? key : isInsideAttempt(key) ? 'padding' : firstTokens(key);
    return [key, [...candidate.oddsOf(kind, name, 'sample', shape.vocabulary)]] as const;
  });
  const decision = [...decisionKeys(shape)].map((key) => {
    const name = isPadded ? firstTokens(key) : key;
    return [key, [...candidate.oddsOf(kind, name, 'decision', 2)]] as const;
  });
  return { sample: Object.fromEntries(sample), decision: Object.fromEntries(decision) };
}

/** The policy of a refutation. */
export function counterPolicy({ candidate, question: { shape, isPadded } }: Refutation): OddsPolicy {
  const rewards = [...leafKeys(shape)].map(
    (key) => [key, candidate.rewardOf(isPadded ? firstTokens(key) : key)] as const,
  );
  return {
    format: 'gradsplit/policy@1',
    ...shape,
    reward: { table: Object.fromEntries(rewards) },
    odds: oddsTable(candidate, 'policy', shape, isPadded),
    reference: { odds: oddsTable(candidate, 'reference', shape, isPadded) },
  };
}
