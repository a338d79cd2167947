// Fills the data of the explorer from rollouts that have been audited: which trajectories a page can hold, and their columns.
import { type Passes, runRules } from '../audit/audit.ts';
import { binaryDecisions } from '../audit/binaryDecisions.ts';
import type { Span } from '../audit/rule.ts';
import type { ChosenObjective } from '../audit/setting.ts';
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

/** The trajectories of a batch in the order in which they were read: [first, end) where they are kept whole. */
interface Batch {
  readonly members: number[];
  tokens: number;
  named: number;
}

const placeKey = (file: string, line: number): string => `${line} ${file}`;

/** What there is to choose from, trajectory by trajectory. */
class Plan {
  private readonly batches = new Map<string, Batch>();
  private readonly tokens: number[] = [];
  private readonly isNamed: boolean[] = [];
  private readonly named: ReadonlySet<string>;

  constructor(named: ReadonlySet<string>) {
    this.named = named;
  }

  add({ step, length, place }: Trajectory): void {
    const i = this.tokens.length;
    const isNamed = this.named.has(placeKey(place.file, place.line));
    this.tokens.push(length);
    this.isNamed.push(isNamed);
    const key = step === undefined ? '' : String(step);
    const batch = this.batches.get(key) ?? { members: [], tokens: 0, named: 0 };
    batch.members.push(i);
    batch.tokens += length;
    if (isNamed) batch.named++;
    this.batches.set(key, batch);
  }

  /**
   * The trajectories that fit: whole batches, those with the places of findings first; of one that is too large for a page those
   * places and what comes first.
   * @returns their indices, and whether the batches are whole
   */
  choose({ trajectories: most, tokens: mostTokens }: PageLimits): {
    kept: ReadonlySet<number>;
    areWhole: boolean;
  } {
    const kept = new Set<number>();
    let tokens = 0;
    const fits = (count: number, more: number): boolean =>
      kept.size + count <= most && tokens + more <= mostTokens;
    const ranked = [...this.batches.values()].toSorted((a, b) => b.named - a.named);
    for (const batch of ranked) {
      if (!fits(batch.members.length, batch.tokens)) continue;
      for (const i of batch.members) kept.add(i);
      tokens += batch.tokens;
    }
    if (kept.size > 0 || ranked.length === 0) return { kept, areWhole: true };
    const members = ranked[0]!.members.toSorted(
      (a, b) => Number(this.isNamed[b]) - Number(this.isNamed[a]) || a - b,
    );
    for (const i of members) {
      if (!fits(1, this.tokens[i]!)) continue;
      kept.add(i);
      tokens += this.tokens[i]!;
    }
    return { kept, areWhole: false };
  }
}

/**
 * Reads rollouts for the explorer of a report in two passes: one to see what fits, one for the columns of what does.
 * @param passes the rollouts; where they hold more than a page can, whole batches are left out
 * @throws InputError as `passes` does
 */
export async function collectExplorer(
  passes: Passes,
  { command = 'audit', chosen, against, findings }: ExplorerRequest,
  limits: PageLimits = LIMITS,
): Promise<ExplorerData> {
  const named = new Set(findings.flatMap(({ spans }) => spans.map(({ file, line }) => placeKey(file, line))));
  const plan = new Plan(named);
  const gatherer = new Gatherer();
  let kept: ReadonlySet<number> = new Set();
  let areWhole = true;
  let count = 0;
  const isStored = (): boolean => chosen !== undefined && !(areWhole && isBuiltIn(chosen.objective.name));
  const observer = {
    first(trajectory: Trajectory): void {
      plan.add(trajectory);
      count++;
    },
    between(): void {
      ({ kept, areWhole } = plan.choose(limits));
    },
    second(view: TokenView): void {
      if (!kept.has(view.i)) return;
      gatherer.add(
        view.trajectory,
        view.attempt,
        binaryDecisions(view).known,
        isStored() ? view.terms : undefined,
      );
    },
  };
  await runRules([], passes, chosen === undefined ? {} : { chosen }, [observer]);
  const objective = objectiveOf(chosen);
  const other = against !== undefined && isBuiltIn(against.objective.name) ? objectiveOf(against) : undefined;
  return {
    command,
    ...(objective === undefined ? {} : { objective }),
    ...(other === undefined ? {} : { against: other }),
    ...gatherer.columns(),
    findings: findings.map(({ code, severity, message, spans }) => ({
      code,
      severity,
      message,
      spans: spans.flatMap((span) => gatherer.span(span)),
    })),
    leftOut: count - kept.size,
  };
}
