// Runs all rules over a simulation and says what they found, so that a test can ask for one finding and no other at its level.
import { type AuditRun, type Finding, rules, runRules, type Severity } from '../../../src/audit/index.ts';
import { type Simulated, settingOf } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';

/** All rules over a simulation whose objective is declared. */
export function auditOf(simulated: Pick<Simulated, 'setting' | 'trajectories'>): Promise<AuditRun> {
  return runRules(rules, () => simulated.trajectories, settingOf(simulated));
}

/** All rules over trajectories whose objective nobody declares. */
export function auditUndeclared(trajectories: readonly Trajectory[]): Promise<AuditRun> {
  return runRules(rules, () => trajectories, {});
}

/** The codes found of these severities, in order. */
export function codesOf(
  { findings }: Pick<AuditRun, 'findings'>,
  severities: readonly Severity[] = ['error', 'warning'],
): string[] {
  return findings.filter(({ severity }) => severities.includes(severity)).map(({ rule }) => rule.code);
}

/** The finding of a code. */
export function findingOf({ findings }: AuditRun, code: string): Finding | undefined {
  return findings.find(({ rule }) => rule.code === code);
}
