// The verdict of a lab in words, and its numbers with their intervals, for terminals, pages and documentation.
import type { LabDocument } from '../documents/labs.ts';
import type { NextExperiment } from '../labs/index.ts';
import { count, typesetNumber } from './format.ts';

/** A check or a control of a document. */
export type Measured = LabDocument['checks'][number] | LabDocument['controls'][number];

/** Verdicts in words. */
export const LAB_VERDICTS: Readonly<Record<LabDocument['verdict'], string>> = {
  shown: 'shown',
  notShown: 'not shown',
  undecided: 'undecided',
};

const DIGITS = 4;

/** `all 3 checks hold`, `both controls are rejected`, `2 of 3 checks hold`, `the only check holds`. */
function ofAll(
  good: number,
  all: number,
  noun: string,
  [one, many, not]: readonly [one: string, many: string, not: string],
): string {
  if (all === 1) return `the only ${noun} ${good === 1 ? one : not}`;
  if (all === 2 && good === 2) return `both ${noun}s ${many}`;
  return good === all ? `all ${all} ${noun}s ${many}` : `${good} of ${all} ${noun}s ${many}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What the audit found that the lab does not name, and what it names and the audit did not find. */
function auditDifferences({ audit, findings }: LabDocument): {
  readonly surprises: readonly string[];
  readonly missing: readonly string[];
} {
  return {
    surprises: audit.filter((code) => !findings.includes(code)),
    missing: findings.filter((code) => !audit.includes(code)),
  };
}

/** What the audit of the rollouts came to, in a sentence. */
export function auditSentence(document: LabDocument): string {
  const { surprises, missing } = auditDifferences(document);
  if (surprises.length > 0) {
    return `The audit of its rollouts finds ${surprises.join(', ')}, which the lab does not explain.`;
  }
  if (missing.length > 0) {
    return `The audit of its rollouts does not find ${missing.join(', ')}, which the lab is about.`;
  }
  if (document.audit.length === 0) return 'The audit of its rollouts finds nothing.';
  return `The audit of its rollouts finds ${document.audit.join(', ')}, as the lab says, and nothing else.`;
}

/** The verdict in a sentence or two. */
export function verdictSentence(document: LabDocument): string {
  const { verdict, checks, controls, seeds } = document;
  const held = checks.filter(({ holds }) => holds).length;
  const rejected = controls.filter((control) => control.rejected).length;
  const parts = [
    ...(checks.length === 0 ? [] : [ofAll(held, checks.length, 'check', ['holds', 'hold', 'does not hold'])]),
    ...(controls.length === 0
      ? []
      : [ofAll(rejected, controls.length, 'control', ['is rejected', 'are rejected', 'is not rejected'])]),
  ];
  const one = seeds === 1 && verdict === 'undecided' ? ' One seed has no interval.' : '';
  const { surprises, missing } = auditDifferences(document);
  const audit = surprises.length + missing.length > 0 ? ` ${auditSentence(document)}` : '';
  return `${capital(LAB_VERDICTS[verdict])}: ${parts.join(', ')}, over ${count(seeds, 'seed')}.${one}${audit}`;
}

/** `at least 0.5`, `from 0 to 1`, `exactly 1`. */
export function expectedWords({ atLeast, atMost }: Measured['expected']): string {
  const show = (x: number): string => typesetNumber(x, DIGITS);
  if (atLeast !== undefined && atMost !== undefined) {
    return atLeast === atMost ? `exactly ${show(atLeast)}` : `from ${show(atLeast)} to ${show(atMost)}`;
  }
  if (atLeast !== undefined) return `at least ${show(atLeast)}`;
  return atMost === undefined ? 'any number' : `at most ${show(atMost)}`;
}

/** `[0.41, 0.52]`, or `seeds 0.41 to 0.52` where every seed counts, `at every seed` where all have one number; nothing where there is one seed. */
export function intervalWords({ ci95: [low, high], over }: Measured, seeds: number): string {
  if (seeds === 1) return '';
  const [from, to] = [low, high].map((x) => typesetNumber(x, DIGITS));
  if (over === 'every' && from === to) return 'at every seed';
  return over === 'every' ? `seeds ${from} to ${to}` : `[${from}, ${to}]`;
}

/** The mean over seeds. */
export function measuredWords({ measured }: Measured): string {
  return typesetNumber(measured, DIGITS);
}

/** A word for what a check or a control came to. */
export function standingWord(of: Measured): string {
  if (of.standing === 'undecided') return 'undecided';
  if ('rejected' in of) return of.rejected ? 'rejected' : 'accepted';
  return of.holds ? 'holds' : 'fails';
}

/** Whether it came to what the lab needs; undefined where that is undecided. */
export function isGood(of: Measured): boolean | undefined {
  if (of.standing === 'undecided') return undefined;
  return 'rejected' in of ? of.rejected : of.holds;
}

/** The command line of an experiment to try next. */
export function nextCommand(name: string, { set }: NextExperiment): string {
  return [`gradsplit lab ${name}`, ...set.map((entry) => `--set ${entry}`)].join(' ');
}

/** Which seeds they are, in words. */
export function seedNames(first: number, many: number): string {
  return many === 1 ? `seed ${first}` : `seeds ${first} to ${first + many - 1}`;
}
