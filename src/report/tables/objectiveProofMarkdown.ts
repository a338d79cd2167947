// The verdicts on all built-in objectives as tables of docs/proofs.md.
import type { ProvedObjective } from '../../documents/objectiveProof.ts';
import { policyInWords, QUESTIONS } from './objectiveProofTable.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n');
}

type Question = (typeof QUESTIONS)[number][0];

/** The verdicts on the same objectives, about policies and groups of one size. */
export interface ProofRun {
  /** Tokens of an attempt. */
  readonly length: number;
  readonly objectives: readonly ProvedObjective[];
}

function word({ verdict, value }: ProvedObjective[Question]): string {
  if (verdict !== 'proved') return verdict === 'refuted' ? '**refuted**' : verdict;
  return value === undefined ? 'proved' : `proved: ${value}`;
}

/** `proved`, with the factor; **refuted**; or outside. Where lengths differ, what is said of each. */
function cell(runs: readonly ProofRun[], objective: number, question: Question): string {
  const words = runs.map(
    ({ length, objectives }) => [length, word(objectives[objective]![question])] as const,
  );
  const [[, first]] = words as [(typeof words)[number]];
  if (words.every(([, other]) => other === first)) return first;
  return words.map(([length, own]) => `L = ${length}: ${own}`).join('; ');
}

/** Which lengths a question was put to, in a head of the table. */
function lengthsOf(question: Question, lengths: readonly number[]): string {
  if (question === 'lengthFree') return `L = ${lengths.map((n) => `${n} → ${n + 1}`).join(', ')}`;
  const all = question.startsWith('balanced') ? lengths.flatMap((n) => [n, n + 1]) : lengths;
  return `L = ${[...new Set(all)].join(', ')}`;
}

/** A table of the verdicts, each of which holds for all runs. */
export function objectiveVerdictsMarkdown(runs: readonly ProofRun[]): string {
  const lengths = runs.map(({ length }) => length);
  const heads = QUESTIONS.map(([question, words]) => `${words}; ${lengthsOf(question, lengths)}`);
  const names = runs[0]!.objectives.map(({ name }) => name);
  const rows = names.map((name, i) => [
    `\`${name}\``,
    ...QUESTIONS.map(([question]) => cell(runs, i, question)),
  ]);
  const risks = runs.flatMap(({ objectives }) =>
    objectives.flatMap((proof) => QUESTIONS.map(([question]) => proof[question].riskLog2 ?? -Infinity)),
  );
  return [
    table(['objective', ...heads], rows),
    `The largest risk in the table is 2^${Math.max(...risks)}.`,
  ].join('\n\n');
}

/** A table of the counter-examples. */
export function objectiveExamplesMarkdown(objectives: readonly ProvedObjective[]): string {
  const examples = objectives.flatMap((proof) =>
    QUESTIONS.flatMap(([question, words]) => {
      const { counterExample, place, found, expected } = proof[question];
      if (counterExample === undefined) return [];
      return [
        [`\`${proof.name}\``, words, policyInWords(counterExample), `${place}: ${found}, not ${expected}`],
      ];
    }),
  );
  return table(['objective', 'question', 'counter-example', 'what it shows'], examples);
}
