// Puts the rollouts of a lab to the audit, as anyone's would be.
import { audit } from '../../audit/index.ts';
import type { RawOptions } from '../../base/options.ts';
import { chooseObjective } from '../../objectives/index.ts';
import { ROLES, type Role, type Trajectory } from '../../rollouts/trajectory.ts';

/** A trajectory of a lab. Its segments go under the roles that the audit knows: what is written first is `sample`, what follows from it `decision`. */
export interface LabTrajectory {
  readonly group: string;
  readonly step?: number;
  readonly tokens: readonly string[];
  /** [T] */
  readonly roles: readonly Role[];
  /** [T] log π of the policy that is trained, NaN on the prompt. */
  readonly logProbs: readonly number[];
  /** [T] the same when the tokens were drawn; those of `logProbs` if left out. */
  readonly oldLogProbs?: readonly number[];
  /** [T] under the reference, where the objective has one. */
  readonly refLogProbs?: readonly number[];
  readonly reward: number;
  readonly correct?: boolean;
}

function trajectoryOf(lab: LabTrajectory, index: number): Trajectory {
  const { tokens, roles, logProbs, oldLogProbs = logProbs, refLogProbs, reward, group, step, correct } = lab;
  return {
    place: { file: 'lab', line: index + 1 },
    length: tokens.length,
    unit: 'tokens',
    tokens,
    roles: Uint8Array.from(roles, (role) => ROLES.indexOf(role)),
    mask: Uint8Array.from(roles, (role) => (role === 'prompt' ? 0 : 1)),
    isMaskLogged: false,
    areRolesLogged: true,
    logProbs: Float64Array.from(logProbs),
    oldLogProbs: Float64Array.from(oldLogProbs),
    ...(refLogProbs === undefined ? {} : { refLogProbs: Float64Array.from(refLogProbs) }),
    reward,
    group,
    ...(step === undefined ? {} : { step }),
    ...(correct === undefined ? {} : { correct }),
  };
}

/** What the audit of rollouts finds, by code, in order. */
export interface Audited {
  /** Findings of at least a warning. */
  readonly codes: string[];
  /** What it says without calling it a fault. */
  readonly notes: string[];
}

/**
 * Audits the rollouts of a lab under the objective it trains with.
 * @throws InputError for an unknown objective or option
 */
export async function audited(
  rollouts: readonly LabTrajectory[],
  objective: string,
  options: RawOptions,
): Promise<Audited> {
  const trajectories = rollouts.map(trajectoryOf);
  const { objective: chosen, options: complete } = chooseObjective(objective, options);
  const { findings } = await audit(() => trajectories, {
    chosen: { objective: chosen, options: complete, from: 'user' },
    read: () => ({ format: 'gradsplit/rollouts@1', skipped: 0, unit: 'tokens', components: {} }),
  });
  const codes = (isNote: boolean): string[] =>
    findings.filter(({ severity }) => (severity === 'info') === isNote).map(({ code }) => code);
  return { codes: codes(false), notes: codes(true) };
}

/**
 * Codes of the findings of at least a warning in the rollouts of a lab under the objective it trains with, in order.
 * @throws InputError for an unknown objective or option
 */
export async function auditedCodes(
  rollouts: readonly LabTrajectory[],
  objective: string,
  options: RawOptions,
): Promise<string[]> {
  return (await audited(rollouts, objective, options)).codes;
}
