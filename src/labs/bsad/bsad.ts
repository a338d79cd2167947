// Batched sequential action dueling: the optimal policy step by step from the last one, from preferences between batches of trajectories.
import type { RandomStream } from '../../base/random.ts';
import type { Preference, Stopping } from './duel.ts';
import { type Mdp, nextState } from './mdp.ts';
import { type RollIn, rollIn, uniformRollIn } from './rollIn.ts';

/** How the duels are held. */
export interface BsadOptions {
  /** M, trajectories in a batch. */
  readonly batch: number;
  readonly prefers: Preference;
  /** A rule for when one duel of two actions is decided. */
  stopping(): Stopping;
  /** How states are reached: `bonus` seeks those that were seen least, `uniform` draws actions. */
  readonly reach: 'bonus' | 'uniform';
}

/** What it found and what it took. */
export interface BsadResult {
  /** [H][states] */
  readonly policy: readonly (readonly number[])[];
  /** Preferences that were asked for. */
  readonly queries: number;
  readonly trajectories: number;
}

/** Two actions that duel. */
interface Pair {
  readonly actions: readonly [number, number];
  readonly stopping: Stopping;
}

/** The duels of one state: pairs of the actions that are left take turns, a query each, until one action is left. */
class Contest {
  #pairs: Pair[] = [];
  #turn = 0;
  readonly #sums: [number, number] = [0, 0];
  #trajectories = 0;
  #first: 0 | 1 = 0;
  queries = 0;
  winner: number | undefined;
  readonly #options: BsadOptions;

  constructor(actions: number, options: BsadOptions) {
    this.#options = options;
    for (let a = 0; a < actions; a++) {
      for (let b = a + 1; b < actions; b++)
        this.#pairs.push({ actions: [a, b], stopping: options.stopping() });
    }
  }

  /** Whose turn it is. Two trajectories in a row are one of each side, in the order of a coin: how states are reached favours neither. */
  side(random: RandomStream): 0 | 1 {
    if (this.#trajectories % 2 === 1) return this.#first === 0 ? 1 : 0;
    this.#first = random.uniform() < 0.5 ? 0 : 1;
    return this.#first;
  }

  actionOf(side: 0 | 1): number {
    return this.#pairs[this.#turn]!.actions[side];
  }

  /** Adds the sum of rewards of a trajectory; when both batches are complete, one preference is asked for. */
  add(side: 0 | 1, rewards: number, random: RandomStream): void {
    this.#sums[side] += rewards;
    if (++this.#trajectories < 2 * this.#options.batch) return;
    const { actions, stopping } = this.#pairs[this.#turn]!;
    const isFirst = this.#options.prefers(this.#sums[0], this.#sums[1], random);
    this.queries++;
    stopping.add(isFirst);
    this.#sums.fill(0);
    this.#trajectories = 0;
    // Every rule stops only at a preference for the side that is ahead.
    if (stopping.isEnough()) this.#drop(actions[isFirst ? 1 : 0], actions[isFirst ? 0 : 1]);
    else this.#turn = (this.#turn + 1) % this.#pairs.length;
  }

  #drop(loser: number, victor: number): void {
    this.#pairs = this.#pairs.filter(({ actions }) => !actions.includes(loser));
    this.#turn = 0;
    if (this.#pairs.length === 0) this.winner = victor;
  }
}

/** After this many trajectories it pauses: some milliseconds. */
const PAUSE = 8192;

/**
 * Identifies the best action of every state, from the last step backward. At step h, a trajectory rolls in to some state, takes one of the
 * two actions that duel there, and follows the actions already identified to the end. A batch is M trajectories of an action through the
 * state; two full batches are one query, of their sums of rewards over whole trajectories. It pauses at every `yield`.
 */
export function* bsad(mdp: Mdp, options: BsadOptions, random: RandomStream): Generator<void, BsadResult> {
  const policy: number[][] = mdp.states.map(() => []);
  let [queries, trajectories] = [0, 0];
  for (let h = mdp.horizon - 1; h >= 0; h--) {
    const contests = Array.from({ length: mdp.states[h]! }, () => new Contest(mdp.actions, options));
    const reach: RollIn = options.reach === 'bonus' ? rollIn(mdp, h) : uniformRollIn(mdp, h);
    let open = contests.length;
    while (open > 0) {
      const { state, rewards } = reach.go(random, (s) => contests[s]!.winner === undefined);
      if (++trajectories % PAUSE === 0) yield;
      const contest = contests[state]!;
      if (contest.winner !== undefined) continue;
      const side = contest.side(random);
      contest.add(side, rewards + rest(mdp, policy, h, state, contest.actionOf(side), random), random);
      if (contest.winner !== undefined) open--;
    }
    policy[h] = contests.map((contest) => contest.winner!);
    queries += contests.reduce((sum, contest) => sum + contest.queries, 0);
  }
  return { policy, queries, trajectories };
}

/** The sum of rewards from an action at a step to the end. */
function rest(
  mdp: Mdp,
  policy: readonly (readonly number[])[],
  step: number,
  from: number,
  first: number,
  random: RandomStream,
): number {
  let [state, action, rewards] = [from, first, 0];
  for (let k = step; k < mdp.horizon; k++) {
    rewards += mdp.draw(k, state, action, random);
    state = nextState(mdp, k, state, action, random);
    action = policy[k + 1]?.[state] ?? 0;
  }
  return rewards;
}
