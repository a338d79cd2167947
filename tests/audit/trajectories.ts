// Trajectories for the tests of the audit, with little to say each.
import { ROLES, type Role, type Trajectory } from '../../src/rollouts/index.ts';

/** A trajectory of these roles; its mask is 1 on samples and decisions. */
export function trajectoryOf(
  line: number,
  roles: readonly Role[],
  given: Partial<Trajectory> = {},
): Trajectory {
  return {
    place: { file: 'a.jsonl', line },
    length: roles.length,
    unit: 'tokens',
    roles: Uint8Array.from(roles, (role) => ROLES.indexOf(role)),
    mask: Uint8Array.from(roles, (role) => Number(role === 'sample' || role === 'decision')),
    isMaskLogged: true,
    areRolesLogged: true,
    ...given,
  };
}
