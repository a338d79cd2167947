// What tables and pages say of proofs: counts, the largest risk, and the kinds of statements in words.
import type { ProveDocument, ProvedClaim } from '../documents/prove.ts';
import { count } from './format.ts';

/** The kinds of statements in words. */
export const KINDS: Readonly<Record<ProvedClaim['statements'][number]['kind'], string>> = {
  identity: 'identity',
  inequality: 'inequality, by an identity with terms that are not negative',
  induction: 'induction, for all lengths',
  enclosure: 'enclosed by an interval',
  eitherWay: 'one way on some policies and the other on others, by one of each',
};

/** Whether it is of its kind: what is outside the class is none of them unless it is enclosed. */
export function hasKind({ verdict, kind }: ProvedClaim['statements'][number]): boolean {
  return verdict !== 'outside' || kind === 'enclosure';
}

/** The numbers of an enclosure in words; undefined of other statements. */
export function enclosedWords({ enclosed }: ProvedClaim['statements'][number]): string | undefined {
  return enclosed?.map(({ value, float64 }) => `${value} (float64: ${float64})`).join('; ');
}

/** What the policies show that prove a statement about some and others. */
export function witnessWords({ witnesses }: ProvedClaim['statements'][number]): string | undefined {
  return witnesses?.map(({ found }) => found).join('; ');
}

/** Counts of statements and controls. */
export interface ProofTally {
  /** Proved for the shape. */
  readonly proved: number;
  /** Proved for all lengths by induction. */
  readonly inductions: number;
  readonly refuted: number;
  readonly outside: number;
  readonly controls: number;
  readonly refutedControls: number;
}

/** Counts the statements of claims by verdict. */
export function tallyOf(claims: readonly ProvedClaim[]): ProofTally {
  const statements = claims.flatMap((claim) => claim.statements);
  const controls = claims.flatMap((claim) => claim.controls);
  const proved = statements.filter(({ verdict }) => verdict === 'proved');
  const inductions = proved.filter(({ kind }) => kind === 'induction').length;
  return {
    proved: proved.length - inductions,
    inductions,
    refuted: statements.filter(({ verdict }) => verdict === 'refuted').length,
    outside: statements.filter(({ verdict }) => verdict === 'outside').length,
    controls: controls.length,
    refutedControls: controls.filter(({ verdict }) => verdict === 'refuted').length,
  };
}

/** log2 of the largest risk of what is proved; undefined if nothing is. */
export function riskOf(claims: readonly ProvedClaim[]): number | undefined {
  const risks = claims.flatMap(({ statements }) => statements.flatMap(({ riskLog2 }) => riskLog2 ?? []));
  return risks.length === 0 ? undefined : Math.max(...risks);
}

/** The verdict in a sentence. */
export function proofSentence({ claims }: ProveDocument): string {
  const { proved, inductions, refuted, outside, controls, refutedControls } = tallyOf(claims);
  const risk = riskOf(claims);
  const parts = [
    `${count(proved, 'statement')} proved for the shape`,
    `${inductions} for all lengths by induction`,
    ...(refuted > 0 ? [`${refuted} refuted`] : []),
    ...(outside > 0 ? [`${outside} outside the class`] : []),
    `${refutedControls} of ${count(controls, 'wrong statement')} refuted`,
  ];
  return `${parts.join(', ')}${risk === undefined ? '' : `; the risk of each proof is at most 2^${risk}`}.`;
}
