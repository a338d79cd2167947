// An audit as the document that `gradsplit audit --json` writes.
import type { AuditDocument } from '../documents/audit.ts';
import { type AdvantageParts, advantageParts } from './advantageParts.ts';
import { type Comparison, ComparisonObserver } from './against.ts';
import {
  type AuditRun,
  type Finding,
  type LookBack,
  lookBack,
  type Observer,
  type Passes,
  runRules,
} from './audit.ts';
import { sumOf } from './columns/column.ts';
import type { PageMemory } from './columns/pageMemory.ts';
import type { Rule } from './rule.ts';
import { rules as allRules } from './rules/index.ts';
import type { ChosenObjective } from './setting.ts';
import { ShareObserver, type Shares } from './shares.ts';
import { type StepColumns, StepObserver } from './steps.ts';
import type { Summary } from './summary.ts';
import { VarianceBudgetEstimate } from './varianceBudget.ts';
import { whyWeightless } from './weightless.ts';

/** What was read, for the head of the document. */
export interface ReadRollouts {
  readonly format: string;
  /** Lines that were left out. */
  readonly skipped: number;
  readonly unit: 'tokens' | 'words';
  /** How many tokens each labelling rule labelled. */
  readonly components: Readonly<Record<string, number>>;
}

/** What to audit with. */
export interface AuditOptions {
  /** The objective; left out where nobody says it. */
  readonly chosen?: ChosenObjective;
  /** Another objective to compare with. */
  readonly against?: ChosenObjective;
  /** The rules; all of them if left out. */
  readonly rules?: readonly Rule[];
  /** How well objectives explain what was logged, if that was asked. */
  readonly fit?: AuditDocument['fit'];
  /** Further observers of the two passes, such as a progress bar. */
  readonly observers?: readonly Observer[];
  /** Called when it is known what was found: what is to look at the rollouts once more, such as for a report. */
  readonly lookBack?: (run: AuditRun, shares: Shares | undefined) => readonly LookBack[];
  /** Where columns are: with a limit and a file, memory does not grow with the number of trajectories. Left out: in memory. */
  readonly memory?: PageMemory;
  /** What was read; called when everything has been. */
  readonly read: () => ReadRollouts;
}

/** The first step at which each finding is seen, of those that its spans name; ∞ where there are no steps. */
function firstSteps(
  findings: readonly Finding[],
  { files, count, file, line, batch, steps }: Summary,
): Float64Array {
  const key = (f: number, l: number): number => f * 2 ** 32 + l;
  const naming = new Map<number, number[]>();
  for (const [k, { spans }] of findings.entries()) {
    for (const span of spans) {
      const place = key(files.indexOf(span.file), span.line);
      naming.set(place, [...(naming.get(place) ?? []), k]);
    }
  }
  const first = new Float64Array(findings.length).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < count; i++) {
    for (const k of naming.get(key(file.at(i), line.at(i))) ?? [])
      first[k] = Math.min(first[k]!, steps[batch.at(i)]!);
  }
  return first;
}

function findingOf(finding: Finding, step: number): AuditDocument['findings'][number] {
  const { rule, severity, message, evidence, threshold, spans } = finding;
  return {
    code: rule.code,
    severity,
    message,
    evidence,
    threshold,
    spans,
    ...(Number.isFinite(step) ? { firstStep: step } : {}),
    formula: rule.formula,
    advice: rule.advice,
    source: rule.source,
  };
}

function objectiveOf({
  objective,
  options,
  trainer,
  from,
}: ChosenObjective): NonNullable<AuditDocument['objective']> {
  return {
    name: objective.name,
    options: Object.fromEntries(
      Object.entries(options).map(([key, value]) => [key, typeof value === 'object' ? [...value] : value]),
    ),
    ...(trainer === undefined ? {} : { trainer }),
    from,
  };
}

function againstOf(chosen: ChosenObjective, comparison: Comparison): NonNullable<AuditDocument['against']> {
  const { name, options } = objectiveOf(chosen);
  return { objective: { name, options }, ...comparison };
}

function advantageOf({ parts, rest }: AdvantageParts): NonNullable<AuditDocument['advantage']> {
  const by = (value: (part: AdvantageParts['parts'][number]) => number): Record<string, number> =>
    Object.fromEntries(parts.map((part) => [part.name, value(part)]));
  return {
    byReward: by(({ share }) => share),
    weights: by(({ weight }) => weight),
    signFlips: by(({ signFlips }) => signFlips),
    misfit: rest,
  };
}

function countsOf(
  { summary }: AuditRun,
  { format, skipped, unit, components }: ReadRollouts,
): AuditDocument['rollouts'] {
  return {
    format,
    files: [...summary.files],
    lines: summary.count,
    skipped,
    groups: summary.groupCount,
    tokens: sumOf(summary.tokens),
    steps: summary.steps.filter((step) => !Number.isNaN(step)).length,
    unit,
    components,
  };
}

/** The columns that have a number at some step. */
function knownColumns(columns: StepColumns): NonNullable<AuditDocument['bySteps']> {
  const known = Object.entries(columns).filter(([, column]: [string, readonly number[]]) =>
    column.some(Number.isFinite),
  );
  return Object.fromEntries(known);
}

/** Options that bound the ratio. */
const CLIPS = ['clipLow', 'clipHigh', 'dualClip'];

/** Bounds of a clip that nothing in the input shows, in a sentence: a fit takes those of the objective. */
function notFitted({ options, from, clip = {} }: ChosenObjective): string[] {
  const clips = CLIPS.filter((name) => typeof options[name] === 'number' && !Object.hasOwn(clip, name));
  if (from !== 'fit' || clips.length === 0) return [];
  const values = clips.map((name) => `${name} ${options[name]}`).join(', ');
  return [
    `no logged weight shows these bounds of the clip, which are taken to be those of the objective: ${values}`,
  ];
}

/** What the numbers of the document leave out. */
function warningsOf(
  { overflows, summary }: AuditRun,
  chosen: ChosenObjective | undefined,
  { leftOut, isEmpty }: ShareObserver,
  undecided: number,
): string[] {
  return [
    ...(chosen === undefined || !isEmpty ? [] : [`no shares: ${whyWeightless(chosen, summary)}`]),
    ...(chosen === undefined ? [] : notFitted(chosen)),
    ...(undecided === 0
      ? []
      : [
          `${undecided} trajectories were cut right after a decision, and nobody knows which way it went; the variance budget leaves it out`,
        ]),
    ...(overflows === 0
      ? []
      : [
          `${overflows} trajectories have weights beyond the range of numbers and are left out of the shares`,
        ]),
    ...(leftOut === 0
      ? []
      : [`${leftOut} trajectories lack the weights that others have logged and are left out of the shares`]),
  ];
}

/**
 * Audits rollouts: runs the rules, adds up where the gradient signal goes, and compares with another objective if one is given.
 * Rollouts are read twice, and once more for the comparison and for those that look back.
 * @throws InputError as `passes` does
 */
export async function audit(passes: Passes, options: AuditOptions): Promise<AuditDocument> {
  const { chosen, against, rules = allRules, fit, observers = [], read, memory } = options;
  const compared =
    chosen === undefined || against === undefined ? [] : [new ComparisonObserver(chosen, against, memory)];
  const shares = new ShareObserver();
  const steps = new StepObserver();
  const budget = new VarianceBudgetEstimate(memory);
  const setting = {
    ...(chosen === undefined ? {} : { chosen }),
    ...(memory === undefined ? {} : { memory }),
  };
  const run = await runRules(rules, passes, setting, [...observers, ...compared, shares, steps, budget]);
  const [shared, bySteps] = [shares.shares(), steps.columns()];
  const looks = [...compared, ...(options.lookBack?.(run, shared) ?? [])];
  if (looks.length > 0) await lookBack(run, passes, looks);
  const comparison = compared[0]?.comparison;
  const [advantage, variance] = [advantageParts(run.summary), budget.judge(run.summary)];
  const first = firstSteps(run.findings, run.summary);
  const warnings = warningsOf(run, chosen, shares, variance === undefined ? 0 : budget.undecided);
  return {
    schema: 'gradsplit/audit@1',
    rollouts: countsOf(run, read()),
    ...(chosen === undefined ? {} : { objective: objectiveOf(chosen) }),
    ...(fit === undefined ? {} : { fit }),
    ...(shared === undefined ? {} : { shares: shared }),
    ...(variance === undefined
      ? {}
      : {
          varianceBudget: { sample: variance.sample, decision: variance.decision, ci95: [...variance.ci95] },
        }),
    ...(advantage === undefined ? {} : { advantage: advantageOf(advantage) }),
    ...(comparison === undefined ? {} : { against: againstOf(against!, comparison) }),
    ...(bySteps === undefined ? {} : { bySteps: knownColumns(bySteps) }),
    notChecked: run.notChecked,
    findings: run.findings.map((finding, k) => findingOf(finding, first[k]!)),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}
