// The attempt that each token of a trajectory belongs to.
import { ROLES, type Trajectory } from '../trajectory.ts';

const DECISION = ROLES.indexOf('decision');
const EOS = ROLES.indexOf('eos');
const PAD = ROLES.indexOf('pad');

/**
 * [T] the attempt of each token, from 0: as the trajectory says, or by its decisions. A decision, or a run of decision tokens, belongs to the attempt that it judges; the next one
 * begins with the next token that is neither the end nor padding.
 */
export function attemptsOf({ roles, length, attempt: known }: Trajectory): Int32Array {
  if (known !== undefined) return known;
  const attempt = new Int32Array(length);
  let current = 0;
  let isDecided = false;
  for (let t = 0; t < length; t++) {
    const role = roles[t];
    if (role === DECISION) isDecided = true;
    else if (isDecided && role !== EOS && role !== PAD) {
      current++;
      isDecided = false;
    }
    attempt[t] = current;
  }
  return attempt;
}
