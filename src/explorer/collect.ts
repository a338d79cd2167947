// Fills the data of the explorer from rollouts that have been audited: which trajectories a page can hold, and their columns.
import { type AuditRun, type LookBack, lookBack, type Passes, runRules } from '../audit/audit.ts';
import { binaryDecisions } from '../audit/binaryDecisions.ts';
import type { Span } from '../audit/rule.ts';
import type { ChosenObjective } from '../audit/setting.ts';
import { membersOf, type Summary } from '../audit/summary.ts';
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

/** The trajectories of a batch in the order in which they were read. */
interface Batch {
  readonly members: readonly number[];
  readonly tokens: number;
  readonly named: number;
}

/** [N] whether a finding has a place in the trajectory. */
function areNamed({ files, file, line }: Summary, findings: ExplorerRequest['findings']): Uint8Array {
  const placeKey = (f: number, l: number): number => f * 2 ** 32 + l;
  const named = new Set(
    findings.flatMap(({ spans }) => spans.map((span) => placeKey(files.indexOf(span.file), span.line))),
  );
  return Uint8Array.from(file, (f, i) => Number(named.has(placeKey(f, line[i]!))));
}

/**
 * The trajectories that fit: whole batches, those with the places of findings first; of one that is too large for a page those
 * places and what comes first.
 * @returns their indices, and whether the batches are whole
 */
function chooseWhatFits(
  { batch, tokens }: Summary,
  isNamed: Uint8Array,
  { trajectories: most, tokens: mostTokens }: PageLimits,
): { kept: ReadonlySet<number>; areWhole: boolean } {
  const kept = new Set<number>();
  let count = 0;
  const fits = (more: number, moreTokens: number): boolean =>
    kept.size + more <= most && count + moreTokens <= mostTokens;
  const sum = (members: readonly number[], of: ArrayLike<number>): number =>
    members.reduce((total, i) => total + of[i]!, 0);
  const batches = membersOf(batch).map(
    (members): Batch => ({ members, tokens: sum(members, tokens), named: sum(members, isNamed) }),
  );
  const ranked = batches.toSorted((a, b) => b.named - a.named);
  for (const { members, tokens } of ranked) {
    if (!fits(members.length, tokens)) continue;
    for (const i of members) kept.add(i);
    count += tokens;
  }
  if (kept.size > 0 || ranked.length === 0) return { kept, areWhole: true };
  const members = ranked[0]!.members.toSorted((a, b) => isNamed[b]! - isNamed[a]! || a - b);
  for (const i of members) {
    if (!fits(1, tokens[i]!)) continue;
    kept.add(i);
    count += tokens[i]!;
  }
  return { kept, areWhole: false };
}

/** Fills the columns when audited rollouts are read once more; where they hold more than a page can, whole batches are left out. */
export class ExplorerCollector implements LookBack {
  private readonly request: ExplorerRequest;
  private readonly gatherer = new Gatherer();
  private readonly kept: ReadonlySet<number>;
  private readonly isStored: boolean;
  private readonly count: number;

  constructor(request: ExplorerRequest, { summary }: Pick<AuditRun, 'summary'>, limits = LIMITS) {
    const { kept, areWhole } = chooseWhatFits(summary, areNamed(summary, request.findings), limits);
    const { chosen } = request;
    this.request = request;
    this.kept = kept;
    this.count = summary.count;
    this.isStored = chosen !== undefined && !(areWhole && isBuiltIn(chosen.objective.name));
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
      leftOut: this.count - this.kept.size,
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
