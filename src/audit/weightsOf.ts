// The weights of trajectories that fit into memory, in one call.
import type { Trajectory } from '../rollouts/index.ts';
import { runRules } from './audit.ts';
import type { ChosenObjective } from './setting.ts';

/**
 * w_t of every token under an objective, at the advantages that were logged, or at those of its formula where none were: [T] for each
 * trajectory, undefined where neither is known.
 * @example
 * ```ts
 * import { weightsOf } from 'gradsplit/audit';
 * import { chooseObjective } from 'gradsplit/objectives';
 * const made = { length: 1, unit: 'tokens', roles: Uint8Array.of(1), mask: Uint8Array.of(1), group: 'q' } as const;
 * const known = { isMaskLogged: true, areRolesLogged: true } as const;
 * const trajectories = [1, 0].map((reward, i) => ({ ...made, ...known, reward, place: { file: 'example', line: i + 1 } }));
 * const { objective, options } = chooseObjective('rloo');
 * const weights = await weightsOf(trajectories, { objective, options, from: 'user' });
 * weights.map((w) => w![0]); // → [0.5, -0.5]
 * ```
 */
export async function weightsOf(
  trajectories: readonly Trajectory[],
  chosen: ChosenObjective,
): Promise<readonly (Float64Array | undefined)[]> {
  const weights: (Float64Array | undefined)[] = [];
  await runRules([], () => trajectories, { chosen }, [{ second: (view) => void weights.push(view.weights) }]);
  return weights;
}
