// Fills the data of the explorer from rollouts that have been audited: which trajectories a page can hold, and their columns.
import { type AuditRun, type LookBack, lookBack, type Passes, runRules } from '../audit/audit.ts';
import { binaryDecisions } from '../audit/binaryDecisions.ts';
import type { Span } from '../audit/rule.ts';
import type { ChosenObjective } from '../audit/setting.ts';
import type { Summary } from '../audit/summary.ts';
import type { TokenView } from '../audit/tokenView.ts';
import type { ExplorerData, ExplorerFinding, ExplorerObjective } from '../documents/explorer.ts';
import { objectiveNames } from '../objectives/names.ts';
import type { Trajectory } from '../rollouts/trajectory.ts';
import { Gatherer } from './gather.ts';

/** What the explorer of an audit shows. */
export interface ExplorerRequest {
  /** The command whose report it is in; left out: audit. */
  readonly command?: string;
  readonly chosen?: ChosenObjective;
  readonly against?: ChosenObjective;
  readonly findings: readonly {
    readonly code: string;
    readonly severity: ExplorerFinding['severity'];
    readonly message: string;
    readonly spans: readonly Span[];
  }[];
}

/** What a page holds at most. */
export interface PageLimits {
  readonly trajectories: number;
  readonly tokens: number;
}

/** About 40 MB of page, which a browser opens in a few seconds. */
const LIMITS: PageLimits = { trajectories: 10_000, tokens: 1_000_000 };

/** Whether a page can compute an objective by its name: a built-in one, with or without a trainer. */
export function isBuiltIn(name: string): boolean {
  const base = name.split('@')[0];
  return objectiveNames.some((known) => known === base);
}

function objectiveOf(chosen: ChosenObjective | undefined): ExplorerObjective | undefined {
  return chosen === undefined ? undefined : { name: chosen.objective.name, options: chosen.options };
}

/** Whether a finding has a place in trajectory i. */
function naming(
  { files, file, line }: Summary,
  findings: ExplorerRequest['findings'],
): (i: number) => boolean {
  const placeKey = (f: number, l: number): number => f * 2 ** 32 + l;
  const named = new Set(
    findings.flatMap(({ spans }) => spans.map((span) => placeKey(files.indexOf(span.file), span.line))),
  );
  return (i) => named.has(placeKey(file.at(i), line.at(i)));
}

/** The trajectories that a page holds. */
interface Kept {
  readonly has: (i: number) => boolean;
  readonly count: number;
  /** Whether their batches are whole. */
  readonly areWhole: boolean;
}

/**
 * The trajectories that fit: whole batches, those with the places of findings first; of one that is too large for a page those
 * places and what comes first.
 */
function chooseWhatFits(
  { batch, tokens, count, steps }: Summary,
  isNamed: (i: number) => boolean,
  { trajectories: most, tokens: mostTokens }: PageLimits,
): Kept {
  const batches = Array.from(steps, (_, b) => ({ b, members: 0, tokens: 0, named: 0 }));
  for (let i = 0; i < count; i++) {
    const of = batches[batch.at(i)]!;
    of.members++;
    of.tokens += tokens.at(i);
    if (isNamed(i)) of.named++;
  }
  const held = { trajectories: 0, tokens: 0 };
  const takes = (trajectories: number, more: number): boolean => {
    if (held.trajectories + trajectories > most || held.tokens + more > mostTokens) return false;
    held.trajectories += trajectories;
    held.tokens += more;
    return true;
  };
  const ranked = batches.sort((x, y) => y.named - x.named);
  const whole = new Set(ranked.filter(({ members, tokens }) => takes(members, tokens)).map(({ b }) => b));
  if (whole.size > 0 || ranked.length === 0)
    return { has: (i) => whole.has(batch.at(i)), count: held.trajectories, areWhole: true };
  const kept = new Set<number>();
  for (const areNamed of [true, false]) {
    for (let i = 0; i < count && held.trajectories < most; i++) {
      if (batch.at(i) !== ranked[0]!.b || isNamed(i) !== areNamed) continue;
      if (takes(1, tokens.at(i))) kept.add(i);
    }
  }
  return { has: (i) => kept.has(i), count: kept.size, areWhole: false };
}

/** Fills the columns when audited rollouts are read once more; where they hold more than a page can, whole batches are left out. */
export class ExplorerCollector implements LookBack {
  private readonly request: ExplorerRequest;
  private readonly gatherer: Gatherer;
  private readonly kept: Kept;
  private readonly isStored: boolean;
  private readonly count: number;

  constructor(request: ExplorerRequest, { summary }: Pick<AuditRun, 'summary'>, limits = LIMITS) {
    this.gatherer = new Gatherer(summary.memory);
    this.kept = chooseWhatFits(summary, naming(summary, request.findings), limits);
    const { chosen } = request;
    this.request = request;
    this.count = summary.count;
    this.isStored = chosen !== undefined && !(this.kept.areWhole && isBuiltIn(chosen.objective.name));
  }

  third(trajectory: Trajectory, i: number, view: () => TokenView): void {
    if (!this.kept.has(i)) return;
    const seen = view();
    const weights = this.isStored ? seen.terms : undefined;
    this.gatherer.add(trajectory, seen.attempt, binaryDecisions(seen).known, weights);
  }

  /** The data of the explorer, after the pass. */
  get data(): ExplorerData {
    const { command = 'audit', chosen, against, findings } = this.request;
    const objective = objectiveOf(chosen);
    const other =
      against !== undefined && isBuiltIn(against.objective.name) ? objectiveOf(against) : undefined;
    return {
      command,
      ...(objective === undefined ? {} : { objective }),
      ...(other === undefined ? {} : { against: other }),
      ...this.gatherer.columns(),
      findings: findings.map(({ code, severity, message, spans }) => ({
        code,
        severity,
        message,
        spans: spans.flatMap((span) => this.gatherer.span(span)),
      })),
      leftOut: this.count - this.kept.count,
    };
  }
}

/**
 * Reads rollouts for the explorer of a report in two passes: one to see what fits, one for the columns of what does.
 * @param passes the rollouts
 * @throws InputError as `passes` does
 */
export async function collectExplorer(
  passes: Passes,
  request: ExplorerRequest,
  limits: PageLimits = LIMITS,
): Promise<ExplorerData> {
  const { chosen } = request;
  const run = await runRules([], passes, chosen === undefined ? {} : { chosen });
  const collector = new ExplorerCollector(request, run, limits);
  await lookBack(run, passes, [collector]);
  return collector.data;
}
