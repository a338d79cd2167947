// Which tokens carry weight, and where the runs of such tokens begin and end.
import { ROLES, type Trajectory } from '../rollouts/trajectory.ts';

const PROMPT = ROLES.indexOf('prompt');
const TOOL = ROLES.indexOf('tool');
const PAD = ROLES.indexOf('pad');

/** Whether token t carries weight: by the weights that were logged, and by the mask where there are none. */
export function isTrained({ weights, mask }: Trajectory, t: number): boolean {
  if (weights === undefined) return mask[t] === 1;
  return weights[t] !== 0 && !Number.isNaN(weights[t]);
}

/** Whether a role is one of those that the policy wrote: sample, decision or end. */
export function isWritten(role: number): boolean {
  return role !== PROMPT && role !== TOOL && role !== PAD;
}

/** Tokens from … to − 1. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The longest runs of tokens of which `holds` is true, in order. */
export function runsWhere(length: number, holds: (t: number) => boolean): Range[] {
  const runs: Range[] = [];
  let from = -1;
  for (let t = 0; t <= length; t++) {
    const inside = t < length && holds(t);
    if (inside && from < 0) from = t;
    if (!inside && from >= 0) {
      runs.push({ from, to: t });
      from = -1;
    }
  }
  return runs;
}

/** The runs of tokens that carry weight. */
export function trainedRuns(trajectory: Trajectory): Range[] {
  return runsWhere(trajectory.length, (t) => isTrained(trajectory, t));
}

/**
 * By how many tokens the mask stands beside what the policy wrote: −1 where the last token before every stretch that it wrote carries
 * weight and the last one of the stretch carries none, 1 where the first one carries none and the one behind it does, else 0.
 */
export function maskShift(trajectory: Trajectory): -1 | 0 | 1 {
  const { roles, length, areRolesLogged } = trajectory;
  if (!areRolesLogged) return 0;
  const written = runsWhere(length, (t) => isWritten(roles[t]!));
  const trained = (t: number): boolean => isTrained(trajectory, t);
  const early = written.filter(({ from }) => from > 0);
  if (early.length > 0 && early.every(({ from, to }) => trained(from - 1) && !trained(to - 1))) return -1;
  const late = written.filter(({ to }) => to < length);
  if (late.length > 0 && late.every(({ from, to }) => !trained(from) && trained(to))) return 1;
  return 0;
}
