// `prove objective` on a terminal: the verdicts on each objective, with the counter-example where the answer is no.
import type { ProvedObjective } from '../../documents/objectiveProof.ts';
import { columns, safe } from './layout.ts';
import type { Palette } from './palette.ts';

type Question = Exclude<keyof ProvedObjective, 'name' | 'options'>;
type Verdict = ProvedObjective[Question];

/** The questions in the order in which they are shown. */
export const QUESTIONS: readonly (readonly [question: Question, words: string])[] = [
  ['balanced', 'balanced on policy'],
  ['balancedOffPolicy', 'balanced off policy'],
  ['unbiased', 'unbiased: E g = ∇J'],
  ['factor', 'E g = λ·∇J'],
  ['lengthFree', 'free of length'],
  ['baselineFree', 'free of a baseline'],
];

function said({ verdict, value, inG, riskLog2, place, found, expected, reason }: Verdict): string {
  switch (verdict) {
    case 'proved':
      return [
        ...factorWords(value, inG),
        `risk ≤ 2^${riskLog2}`,
        ...(reason === undefined ? [] : [reason]),
      ].join('; ');
    case 'refuted':
      return `${place}: ${found}, not ${expected}`;
    case 'outside':
      return reason ?? '';
  }
}

/** λ by size of the group, and in G where the sizes have one such text. */
function factorWords(value: string | undefined, inG: string | undefined): string[] {
  if (value === undefined) return [];
  return [`λ = ${value}`, ...(inG === undefined ? [] : [`in G: ${inG}`])];
}

function coloured({ verdict }: Verdict, { green, red, yellow }: Palette): string {
  return { proved: green, refuted: red, outside: yellow }[verdict](verdict);
}

type Rows = Readonly<Record<string, readonly (number | string)[]>>;

interface Odds {
  readonly sample: Rows;
  readonly decision: Rows;
}

/** A policy by odds, with the reward of every trajectory. */
export interface WordedPolicy {
  readonly odds: Odds;
  readonly reference: { readonly odds: Odds };
  readonly reward: { readonly table: Readonly<Record<string, number | string>> };
}

/** The rows of odds that are not all 1. */
function unequal(name: string, { sample, decision }: Odds): string[] {
  return Object.entries({ sample, decision }).flatMap(([component, rows]) =>
    Object.entries(rows)
      .filter(([, row]) => row.some((x) => x !== row[0]))
      .map(([key, row]) => `${name} ${component} "${key}" ${row.join(':')}`),
  );
}

/** A counter-example in a line: what is not the same for all actions, and what is paid. */
export function policyInWords({ odds, reference, reward }: WordedPolicy): string {
  const rows = [...unequal('odds', odds), ...unequal('reference odds', reference.odds)];
  const paid = Object.entries(reward.table).flatMap(([key, x]) => (x === 0 ? [] : [`R(${key}) = ${x}`]));
  return [
    rows.length === 0 ? 'all actions equally probable' : `${rows.join(', ')}, all others equal`,
    paid.length === 0 ? 'all rewards 0' : `${paid.join(', ')}, all others 0`,
  ].join('; ');
}

function objectiveText(proof: ProvedObjective, palette: Palette): string {
  const table = columns(
    [
      ['question', 'left'],
      ['verdict', 'left'],
      ['', 'left'],
    ],
    QUESTIONS.map(([question, words]) => {
      const verdict = proof[question];
      return [words, coloured(verdict, palette), safe(said(verdict))];
    }),
    palette,
  );
  const examples = QUESTIONS.flatMap(([question, words]) => {
    const { counterExample } = proof[question];
    return counterExample === undefined ? [] : [`  ${words}: ${safe(policyInWords(counterExample))}`];
  });
  const title = palette.bold(safe(proof.name));
  if (examples.length === 0) return `${title}\n${table}`;
  return `${title}\n${table}\ncounter-examples (--json writes them as policies):\n${examples.join('\n')}`;
}

/** The verdicts on every objective. */
export function objectiveProofTable(objectives: readonly ProvedObjective[], palette: Palette): string {
  return objectives.map((proof) => objectiveText(proof, palette)).join('\n\n');
}
