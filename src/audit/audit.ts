// Runs rules over rollouts in two passes, and says of each rule what it found or why it was not checked.
import type { Trajectory } from '../rollouts/index.ts';
import { attemptsOf } from '../rollouts/labels/attempts.ts';
import { IN_MEMORY } from './columns/pageMemory.ts';
import { isMet, missing } from './needs.ts';
import { bareView } from './reference.ts';
import type { Evidence, Need, Rule, Severity, Watch } from './rule.ts';
import type { Setting } from './setting.ts';
import { Summariser } from './summarise.ts';
import type { Summary } from './summary.ts';
import type { TokenView } from './tokenView.ts';
import { weigherOf } from './weigher.ts';

/** Rollouts that can be read more than once, each time the same. */
export type Passes = () => AsyncIterable<Trajectory> | Iterable<Trajectory>;

/** What a rule found, with the rule that did. */
export interface Finding extends Evidence {
  readonly rule: Rule;
  readonly severity: Severity;
}

/** A rule that could not be checked. */
export interface NotChecked {
  readonly code: string;
  readonly reason: string;
}

/** Something else that looks at the trajectories in the same two passes, such as the shares of components. */
export interface Observer {
  first?(trajectory: Trajectory, i: number): void;
  /** Between the passes, with advantages and factors known. */
  between?(summary: Summary): void;
  second?(view: TokenView): void;
}

/** Something that looks at the trajectories once more, when it is known what was found. */
export interface LookBack {
  /** `view` makes what the second pass saw. */
  third(trajectory: Trajectory, i: number, view: () => TokenView): void;
}

/** What an audit gives. */
export interface AuditRun {
  readonly summary: Summary;
  /** What at least one trajectory has. */
  readonly has: ReadonlySet<Need>;
  /** What the second pass saw of a trajectory. */
  readonly view: (trajectory: Trajectory, i: number) => TokenView;
  /** Errors first, then warnings, then infos, each in the order of the rules. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** How many trajectories have weights beyond the range of numbers; they have none. */
  readonly overflows: number;
}

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** Why a rule says nothing about this input, before anything is read. */
function reasonBefore(rule: Rule, setting: Setting): string | undefined {
  if (rule.needs.includes('objective') && setting.chosen === undefined) return missing('objective');
  return rule.silent?.(setting);
}

/**
 * Runs the rules. Rollouts are read twice; what is kept of a trajectory between the passes does not depend on its length.
 * @param observers look on in the same passes
 * @throws InputError as `passes` does
 */
export async function runRules(
  rules: readonly Rule[],
  passes: Passes,
  setting: Setting,
  observers: readonly Observer[] = [],
): Promise<AuditRun> {
  const notChecked: NotChecked[] = [];
  const watches: { readonly rule: Rule; readonly watch: Watch }[] = [];
  for (const rule of rules) {
    const reason = reasonBefore(rule, setting);
    if (reason === undefined) watches.push({ rule, watch: rule.watch(setting) });
    else notChecked.push({ code: rule.code, reason });
  }

  const reference =
    setting.chosen === undefined ? undefined : weigherOf(setting.chosen, 'logged', setting.memory);
  const summariser = new Summariser(setting.memory);
  const firsts: readonly Observer[] = [...observers, ...watches.map(({ watch }) => watch)].filter(
    ({ first }) => first !== undefined,
  );
  for await (const trajectory of passes()) {
    const i = summariser.count;
    summariser.add(trajectory);
    reference?.add(trajectory);
    for (const observer of firsts) observer.first!(trajectory, i);
  }

  if (setting.chosen !== undefined) summariser.has.add('objective');
  const summary = summariser.summary();
  reference?.complete(summary);
  for (const observer of observers) observer.between?.(summary);
  const able = watches.filter(({ rule }) => {
    const lacking = [...rule.needs, ...(rule.alsoNeeds?.(setting) ?? [])].find(
      (need) => !isMet(need, summariser.has),
    );
    if (lacking !== undefined) notChecked.push({ code: rule.code, reason: missing(lacking) });
    return lacking === undefined;
  });
  for (const { watch } of able) watch.between?.(summary);
  const seconds: readonly Observer[] = [...observers, ...able.map(({ watch }) => watch)].filter(
    ({ second }) => second !== undefined,
  );
  const view = (trajectory: Trajectory, i: number): TokenView =>
    reference?.view(trajectory, i) ?? bareView(trajectory, i, attemptsOf(trajectory), summary);
  if (seconds.length > 0) {
    let i = 0;
    for await (const trajectory of passes()) {
      const seen = view(trajectory, i++);
      for (const observer of seconds) observer.second!(seen);
    }
  }

  const memory = setting.memory ?? IN_MEMORY;
  const findings = able.flatMap(({ rule, watch }) =>
    memory
      .scope(() => watch.judge(summary))
      .map((evidence): Finding => ({ severity: rule.severity, ...evidence, rule })),
  );
  return {
    summary,
    has: summariser.has,
    view,
    findings: ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity)),
    notChecked,
    overflows: reference?.overflows ?? 0,
  };
}

/**
 * Reads rollouts that have been audited once more.
 * @throws InputError as `passes` does
 */
export async function lookBack(
  { view }: Pick<AuditRun, 'view'>,
  passes: Passes,
  looks: readonly LookBack[],
): Promise<void> {
  let i = 0;
  for await (const trajectory of passes()) {
    const index = i++;
    let seen: TokenView | undefined;
    const once = (): TokenView => {
      seen ??= view(trajectory, index);
      return seen;
    };
    for (const look of looks) look.third(trajectory, index, once);
  }
}
