// `refute`: one statement decided for all policies of a shape, as a document.
import { hashStream } from '../algebra/hashStream.ts';
import { version } from '../base/version.ts';
import type { ProveDocument } from '../documents/prove.ts';
import type { PolicyShape } from '../policy/shape.ts';
import { refute } from '../proofs/refute/index.ts';
import { provedStatement } from './prove.ts';

/** What is decided, and how. */
export interface RefuteRequest {
  readonly shape: PolicyShape;
  readonly points: number;
  readonly seed: number;
}

/**
 * The document gradsplit/prove@1 about a statement in the language of the claims' quantities.
 * @throws InputError with a caret where the statement cannot be read, and for a shape that is too large
 */
export function refuteDocument(text: string, { shape, points, seed }: RefuteRequest): ProveDocument {
  const words = hashStream(seed, `points of ${text.trim()}`);
  const { shape: decided, ...proof } = refute(text, { shape, points, words });
  const { verdict, seconds } = proof;
  return {
    schema: 'gradsplit/prove@1',
    version,
    seed,
    shape: { ...decided },
    field: 'GF(2^61-1)',
    points,
    claims: [
      {
        id: 'statement',
        title: proof.statement.name,
        verdict,
        statements: [provedStatement(proof)],
        controls: [],
        seconds,
      },
    ],
  };
}
