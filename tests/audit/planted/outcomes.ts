// What becomes of each planted mistake in each shape in which trainers write rollouts.
import { rules, runRules } from '../../../src/audit/index.ts';
import type { AnyPlanted } from './everything.ts';
import type { Case } from './planted.ts';
import { shapes, throughUpstream } from './upstream.ts';

/** What the rule of a mistake does with one file. */
export interface Outcome {
  readonly shape: string;
  /** The severity of the finding, `notChecked`, or `silent` where the file has what the rule reads and shows nothing. */
  readonly is: 'error' | 'warning' | 'info' | 'notChecked' | 'silent';
  /** Why it was not checked. */
  readonly reason?: string;
  /** The severities of findings of this code in the same file without the mistake. */
  readonly before: readonly string[];
}

const made = new Map<AnyPlanted, readonly [sound: Case, bad: Case]>();

/** The rollouts without and with a mistake; made once for all shapes. */
export function casesOf(mistake: AnyPlanted): readonly [sound: Case, bad: Case] {
  const cases = made.get(mistake) ?? ([mistake.clean(), mistake.bad()] as const);
  made.set(mistake, cases);
  return cases;
}

/** The outcomes of one mistake, in the order of the shapes. */
export async function outcomesOf(mistake: AnyPlanted): Promise<readonly Outcome[]> {
  const own = rules.filter((rule) => rule.code === mistake.code);
  const [sound, planted] = casesOf(mistake);
  const run = async (rollouts: Case, shape: string) => {
    const { trajectories, setting } = throughUpstream(rollouts, shape);
    return runRules(own, () => trajectories, setting);
  };
  const outcomes: Outcome[] = [];
  for (const shape of shapes) {
    const { findings, notChecked } = await run(planted, shape);
    const reason = notChecked[0]?.reason;
    // What lacks a field lacks it without the mistake too.
    const before =
      reason === undefined ? (await run(sound, shape)).findings.map(({ severity }) => severity) : [];
    outcomes.push({
      ...{ shape, before, is: reason === undefined ? (findings[0]?.severity ?? 'silent') : 'notChecked' },
      ...(reason === undefined ? {} : { reason }),
    });
  }
  return outcomes;
}

/** The shapes of the trainers that a source names, such as `trl#3021; verl#5641`. */
export function shapesOfSource(source: string): string[] {
  const SEEN: Readonly<Record<string, readonly string[]>> = {
    trl: ['trl'],
    verl: ['verl', 'verl-uid'],
    'NeMo-RL': ['nemo-rl'],
    'prime-rl': ['prime-rl', 'verifiers'],
    verifiers: ['verifiers', 'verifiers-legacy'],
    'open-instruct': ['open-instruct'],
    'ms-swift': ['ms-swift'],
    OpenRLHF: ['rl-logging-board'],
    slime: ['slime', 'slime-train'],
    SkyRL: ['skyrl'],
  };
  return Object.entries(SEEN).flatMap(([trainer, own]) => (seenIn(trainer, source) ? own : []));
}

/** Whether a source names an issue of a trainer. */
export function seenIn(trainer: string, source: string): boolean {
  return new RegExp(`(?:^|[^\\w-])${trainer === 'TRL' ? 'trl' : trainer}#`).test(source);
}

/** Why a file may have all fields that a rule asks for, and not show the mistake. */
export const SILENT: Readonly<Record<string, string>> = {
  'advantage-misplaced':
    'the shape has one advantage a trajectory, or does not say which lines are of one rollout',
  'cispo-cap': 'without logged weights only the declared cap is looked at',
  'dual-clip-missing': 'without logged weights only the declared bound is looked at',
  'eot-untrained': 'all that follows the prompt counts as sampled there',
  'group-by-role': 'groups are equal prompts there, or there are no advantages whose sums tell groups',
  'group-misaligned': 'groups are equal prompts there, or there are no advantages whose sums tell groups',
  'kl-ignored':
    'with the KL in the reward it shows in advantages beside rewards and groups, which SkyRL’s file does not have',
  'length-mismatch':
    'NeMo-RL writes 0 for a number that generation left out; the Logging Board and UNIPO do not have the sampler’s log-probs, in which it was planted',
  'logprob-nonfinite': 'a number that is not finite is null there, which length-mismatch finds',
  'logprob-positive': 'the sampler’s log-probs, in which it was planted, are not in the file',
  'mask-off-by-one-padding': 'what is trained counts as sampled there',
  'masked-shifts-baseline': 'a trace that trains nothing has no tokens of its own',
  'mixed-versions':
    'without named versions it shows where the sampler’s noise changes inside a trajectory, and it did not change',
  'nan-under-mask':
    'a number that is not finite is null there, and traces have numbers of sampled tokens only',
  'pad-trained': 'padding is not in the file',
  'prompt-tokens-trained': 'what is trained counts as sampled there',
  'score-zero-replaced': 'the number that stands in for the score is not in the file',
  'scorer-failed-as-zero':
    'it shows in ground truths, in several steps or in rewards by function, whichever the file has',
  'template-tokens-trained':
    'no end token has a role there, since all that was trained counts as sampled: only the header of a later turn would show',
  'tool-tokens-trained': 'what is trained counts as sampled there',
};

/** How the page shows an outcome. */
export const LETTER = { error: 'E', warning: 'W', info: 'I', notChecked: '–', silent: '·' } as const;
/** From the mildest on. */
export const LEVEL = { info: 0, warning: 1, error: 2 } as const;

/** The outcome that says most: a finding before silence, and silence before a reason. */
export function best(outcomes: readonly Outcome[]): Outcome {
  const order = ['error', 'warning', 'info', 'silent', 'notChecked'];
  return outcomes.reduce((a, b) => (order.indexOf(b.is) < order.indexOf(a.is) ? b : a));
}

/** What the shapes of the trainer lack, by shape. */
function lackingIn(outcomes: readonly Outcome[], code: string): string {
  const byReason = new Map<string, string[]>();
  for (const { reason, shape } of outcomes) {
    const lack = reason === undefined ? SILENT[code]! : reason.replace(/^the input lacks /, '');
    byReason.set(lack, [...(byReason.get(lack) ?? []), shape]);
  }
  return [...byReason].map(([lack, names]) => `${names.join(' and ')}: ${lack}`).join('; ');
}

const isFound = ({ is }: Outcome): boolean => is in LEVEL;

/** The codes that were seen in a trainer with one of the shapes, with their outcomes in the shapes of these trainers. */
export function seenOutcomes(
  found: ReadonlyMap<string, readonly Outcome[]>,
): readonly { readonly code: string; readonly isThere: boolean; readonly outcomes: readonly Outcome[] }[] {
  return rules.flatMap(({ code, source }) => {
    const own = shapesOfSource(source);
    const outcomes = found.get(code)?.filter(({ shape }) => own.includes(shape)) ?? [];
    return outcomes.length === 0 ? [] : [{ code, outcomes, isThere: outcomes.some(isFound) }];
  });
}

/** The first part of the page: the outcomes of all codes, in the order of the shapes. */
export function outcomesMarkdown(found: ReadonlyMap<string, readonly Outcome[]>): string {
  const codes = [...found.keys()].toSorted();
  const rows = codes.map(
    (code) => `| ${[code, ...found.get(code)!.map(({ is }) => LETTER[is])].join(' | ')} |`,
  );
  const seen = seenOutcomes(found);
  const there = seen.filter(({ isThere }) => isThere);
  const elsewhere = seen.filter(({ isThere }) => !isThere);
  return `${[
    '# What the audit sees in which format',
    `Each mistake of [audit.md](audit.md) was planted in simulated rollouts, written in the shape of each trainer and read back. E, W and I: it is
found, as an error, a warning or an info. –: the shape lacks a field that the rule needs, and the audit says which (\`notChecked\`). ·: the
fields are there and do not show it. slime (its rollouts), slime-train (its training data) and skyrl are what the converters of [rollouts.md](rollouts.md) make of their pickles, verl-uid is
verl with \`uid\`, prime-rl its exported tokens without traces. \`npm run docs:audit\` writes this page.`,
    [`| code | ${shapes.join(' | ')} |`, `|---|${shapes.map(() => ':-:|').join('')}`, ...rows].join('\n'),
    `Of ${seen.length} codes that were seen in a trainer with one of these shapes, ${there.length} are found in the shape of that trainer. The others need what
that trainer does not write, and are found inside it (below):`,
    elsewhere.map(({ code, outcomes }) => ` - \`${code}\`: ${lackingIn(outcomes, code)}.`).join('\n'),
    'Where a shape is silent:',
    Object.entries(SILENT)
      .filter(([code]) => found.get(code)!.some(({ is }) => is === 'silent'))
      .map(([code, reason]) => ` - \`${code}\`: ${reason}.`)
      .join('\n'),
  ].join('\n\n')}\n`;
}
