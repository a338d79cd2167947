// The versions of the policy that drew a trajectory: one a token, or the first and the last one.
import type { Trajectory } from '../../rollouts/trajectory.ts';

/** Whether a file says of a trajectory only the first and the last version. */
function isPairOfVersions({ versions, length }: Trajectory): boolean {
  return versions?.length === 2 && length > 2;
}

/** The place of the first token of another version than the first one; undefined if there is none. Of a pair the place is not known: the first token with mask 1. */
export function secondVersion(trajectory: Trajectory): number | undefined {
  const { versions, mask } = trajectory;
  if (versions === undefined) return undefined;
  if (isPairOfVersions(trajectory)) {
    const [first, last] = versions;
    return Math.abs(last! - first!) > 0 ? mask.indexOf(1) : undefined;
  }
  let first = Number.NaN;
  for (const [t, version] of versions.entries()) {
    if (mask[t] === 0 || Number.isNaN(version)) continue;
    if (Number.isNaN(first)) first = version;
    if (version !== first) return t;
  }
  return undefined;
}

/** The version that drew the first token with mask 1, of a pair the last one, which is not older; NaN where nobody says. */
export function versionOf(trajectory: Trajectory): number {
  const { versions, mask } = trajectory;
  return versions?.[isPairOfVersions(trajectory) ? 1 : mask.indexOf(1)] ?? Number.NaN;
}
