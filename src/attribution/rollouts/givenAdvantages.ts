// Advantages as a trainer logged them, in the place of those that an objective would make of rewards.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { Objective } from '../../objectives/index.ts';
import { loggedAdvantages } from './objectiveBatch.ts';
import type { Responses } from './responses.ts';

/**
 * The advantage of every trajectory, where the rollouts have no rewards to make it of.
 * @returns [B]; undefined where all have a reward, or no token of the loss has a logged advantage
 * @throws InputError naming the line where a trajectory has no reward and others no advantage, or tokens have several advantages
 */
export function givenAdvantages(responses: Responses): Float64Array | undefined {
  const { trajectories, offsets, mask } = responses;
  if (trajectories.every(({ reward }) => reward !== undefined && Number.isFinite(reward))) return undefined;
  const byToken = loggedAdvantages(responses);
  if (byToken === undefined) return undefined;
  return Float64Array.from(trajectories, ({ place: { file, line } }, i) => {
    let found: number | undefined;
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      if (mask[t] !== 1) continue;
      found ??= byToken[t]!;
      if (byToken[t] === found) continue;
      throw new InputError(
        `${showText(file)}: line ${line}: advantage: expected one number for all tokens of the loss, as there is no reward, found ${found} and ${byToken[t]}`,
      );
    }
    return found ?? 0;
  });
}

/**
 * The same objective with these advantages instead of its own. Everything else of its weights stays: ratios, clipping, penalties and
 * divisors. Its loss has no meaning any more, as it is of rewards.
 * @param advantage [B] of the whole batch
 * @throws InputError if its weights do not come from one advantage for each trajectory
 */
export function withAdvantages(objective: Objective, advantage: Float64Array): Objective {
  const { name, parts, imitates } = objective;
  const refuse = (why: string): never => {
    throw new InputError(`objective ${name}: expected rewards, found logged advantages alone, and ${why}`);
  };
  if (imitates) return objective;
  if (parts === undefined) return refuse('its weights come from rewards directly');
  const given: NonNullable<Objective['parts']> = {
    ...parts,
    scales: (all, options) => ({ ...parts.scales(all, options), advantage }),
  };
  return {
    ...objective,
    parts: given,
    loss: () => refuse('its loss cannot be computed from them'),
    weights: (batch, options) =>
      given.weights(batch, given.scales(given.numbers(batch, options), options), options).total,
  };
}
