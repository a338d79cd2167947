// What becomes of each mistake in a trainer where it was seen, once the lines of docs/rollouts.md run inside that trainer.
import { type AuditRun, rules, runRules, type Severity } from '../../../src/audit/index.ts';
import type { AnyPlanted } from '../planted/everything.ts';
import { casesOf, LETTER, LEVEL, seenIn } from '../planted/outcomes.ts';
import type { Case } from '../planted/planted.ts';
import { throughTrainer, trainers } from './trainers.ts';

/** What an audit of one batch says. */
export interface InsideOutcome {
  readonly planted: AnyPlanted;
  /** The severity of the finding, or why there is none. */
  readonly is: Severity | 'notChecked' | 'silent';
  readonly reason?: string;
  /** Other findings of its level and worse ones, with the mistake and without it. */
  readonly others: readonly string[];
  readonly before: readonly string[];
}

/** Findings of this level and worse ones; information is no alarm. */
function loud({ findings }: AuditRun, least: number, isOther: (code: string) => boolean): string[] {
  const some = findings.filter(
    ({ rule, severity }) => isOther(rule.code) && LEVEL[severity] >= Math.max(1, least),
  );
  return [...new Set(some.map(({ rule }) => rule.code))];
}

async function outcomeOf(planted: AnyPlanted, sound: Case, bad: Case): Promise<InsideOutcome> {
  const run = ({ trajectories, setting }: Case): Promise<AuditRun> =>
    runRules(rules, () => trajectories, setting);
  const [before, after] = [await run(sound), await run(bad)];
  const found = after.findings.find(({ rule }) => rule.code === planted.code);
  const reason = after.notChecked.find(({ code }) => code === planted.code)?.reason;
  const least = LEVEL[found?.severity ?? planted.severity ?? 'warning'];
  return {
    planted,
    is: found?.severity ?? (reason === undefined ? 'silent' : 'notChecked'),
    ...(reason === undefined ? {} : { reason }),
    others: loud(after, least, (code) => code !== planted.code),
    before: loud(before, least, () => true),
  };
}

/** The mistakes that were seen in a trainer, with what its own lines show of them. */
export async function insideOutcomes(
  name: string,
  everything: readonly AnyPlanted[],
): Promise<readonly InsideOutcome[]> {
  const seen = everything.filter(({ code }) => {
    const { source } = rules.find((rule) => rule.code === code)!;
    return seenIn(name, source);
  });
  const cases = seen.flatMap(casesOf);
  const read = throughTrainer(
    name,
    cases.map(({ trajectories }) => trajectories),
  );
  const audited = cases.map(({ setting }, c): Case => ({ setting, trajectories: read[c]! }));
  const outcomes: InsideOutcome[] = [];
  for (const [i, planted] of seen.entries()) {
    outcomes.push(await outcomeOf(planted, audited[2 * i]!, audited[2 * i + 1]!));
  }
  return outcomes;
}

/** The outcome that says most of several ways in which a code shows. */
function best(outcomes: readonly InsideOutcome[]): InsideOutcome {
  const order = ['error', 'warning', 'info', 'silent', 'notChecked'];
  return outcomes.reduce((a, b) => (order.indexOf(b.is) < order.indexOf(a.is) ? b : a));
}

const isFound = ({ is }: InsideOutcome): boolean => is in LEVEL;

/** Why a batch may have what a rule asks for and not show the mistake, by code and trainer. */
export const SILENT_INSIDE: Readonly<Record<string, string>> = {
  'TRL prompt-tokens-trained':
    'its loss has no entry for tokens of the prompt; what a user says between two turns counts as output of a tool',
};

/** The second part of docs/audit-formats.md. `inFiles`: the codes that are found in the file of a trainer where they were seen. */
export function insideMarkdown(
  found: ReadonlyMap<string, readonly InsideOutcome[]>,
  inFiles: ReadonlySet<string>,
): string {
  const names = Object.keys(trainers);
  const cell = (name: string, code: string): InsideOutcome | undefined => {
    const own = found.get(name)!.filter(({ planted }) => planted.code === code);
    return own.length === 0 ? undefined : best(own);
  };
  const codes = [...new Set([...found.values()].flat().map(({ planted }) => planted.code))].toSorted();
  const isInside = (code: string): boolean =>
    names.some((name) => found.get(name)!.some((one) => one.planted.code === code && isFound(one)));
  const rows = codes.map((code) => {
    const cells = names
      .map((name) => cell(name, code))
      .map((one) => (one === undefined ? '' : LETTER[one.is]));
    return `| ${[code, inFiles.has(code) ? '✓' : '', ...cells].join(' | ')} |`;
  });
  const inside = codes.filter(isInside);
  const nowhere = codes.filter((code) => !isInside(code) && !inFiles.has(code));
  const missed = names.flatMap((name) =>
    codes.flatMap((code) => {
      const one = cell(name, code);
      if (one === undefined || isFound(one)) return [];
      const reason = one.is === 'silent' ? SILENT_INSIDE[`${name} ${code}`]! : one.reason!;
      return [{ name, code, reason: reason.replace(/^the input lacks /, '') }];
    }),
  );
  const lacks = new Map<string, string[]>();
  for (const { name, code, reason } of missed) {
    const what = `${name}: ${reason}`;
    lacks.set(what, [...(lacks.get(what) ?? []), `\`${code}\``]);
  }
  return `${[
    '## Inside the trainer',
    `[rollouts.md](rollouts.md#inside-the-trainer) has lines of Python that run inside each trainer, where log-probs, masks, advantages and the
loss are at hand. They ran on batches in the form in which the trainer has them, with each mistake that was seen there and without it; the
audit finds the mistake and nothing else of its level, and without it nothing of that level. An empty cell: it was not seen in that trainer. The first
column has a mark where the trainer's own files show it.`,
    [`| code | files | ${names.join(' | ')} |`, `|---|:-:|${names.map(() => ':-:|').join('')}`, ...rows].join(
      '\n',
    ),
    `Of these ${codes.length} codes, ${inFiles.size} are found in files, ${inside.length} with these lines, and ${codes.length - nowhere.length} in one of the two ways.${
      nowhere.length === 0 ? '' : ` In neither: ${nowhere.map((code) => `\`${code}\``).join(', ')}.`
    } Where a batch does not show one:`,
    [...lacks].map(([what, missing]) => ` - ${missing.join(', ')} in ${what}.`).join('\n'),
  ].join('\n\n')}\n`;
}
