// What a planted mistake is, and an audit of a simulation.
import { type AuditRun, type Rule, rules, runRules, type Severity } from '../../../src/audit/index.ts';
import {
  choose,
  type Simulated,
  type SimulationSetting,
  simulate,
} from '../../../src/audit/simulator/index.ts';

/** One mistake: a simulation without it, and what alters that into one with it. */
export interface Planted {
  /** The code of the finding that it must lead to. */
  readonly code: string;
  /** The severity that it has here. */
  readonly severity: Severity;
  /** What is different from an ordinary run of GRPO, before the mistake. */
  readonly setting: Partial<SimulationSetting>;
  /** Puts the mistake in. */
  alter(clean: Simulated): Simulated;
  /** The clean one, where it is more than the setting says. */
  prepare?(simulated: Simulated): Simulated;
}

/** The simulation before the mistake. */
export function cleanOf({ setting, prepare }: Planted, seed = 1): Simulated {
  const simulated = simulate({ ...setting, seed });
  return prepare?.(simulated) ?? simulated;
}

/** Runs rules over a simulation, whose own objective is declared. */
export function auditOf(
  { setting, trajectories }: Simulated,
  some: readonly Rule[] = rules,
): Promise<AuditRun> {
  const { objective, options } = setting;
  return runRules(some, () => trajectories, { chosen: { ...choose(objective, options), from: 'user' } });
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** The codes of the findings of this severity and of worse ones, each once. */
export function codesFrom({ findings }: AuditRun, severity: Severity): string[] {
  const some = findings.filter((finding) => RANK[finding.severity] >= RANK[severity]);
  return [...new Set(some.map(({ rule }) => rule.code))];
}
