// Where the numbers of a policy come from: free symbols at a random point, or small integers of a candidate for a counter-example.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import type { RandomStream } from '../../base/random.ts';
import type { Component } from '../../policy/component.ts';
import type { Element } from './element.ts';
import type { EpisodeSource } from './episodes.ts';
import type { Point } from './point.ts';

/** Who drew the tokens: the policy itself, or an old policy and a sampler with ratios that may be anything. */
export type Drawn = 'onPolicy' | 'offPolicy';

/** The value of a key, made when it is first asked for. */
function remembered<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}

/** Free symbols for everything. The last action of a row has 1 minus the probabilities of the others, so that nothing is divided. */
export function freeSource(point: Point, drawn: Drawn): EpisodeSource<Element> {
  const row = remembered((key: string): readonly Element[] => {
    const width = Number(key.slice(0, key.indexOf(' ')));
    const free = Array.from({ length: width - 1 }, () => point.symbol());
    return [...free, free.reduce(point.sub, point.number(1))];
  });
  const name = (kind: string, width: number, component: Component, key: string): string =>
    `${width} ${kind} ${component} ${key}`;
  const symbol = remembered(() => point.symbol());
  return {
    prob: (key, component, width) => row(name('policy', width, component, key)),
    old: (key, component, width) =>
      drawn === 'onPolicy' ? undefined : row(name('old', width, component, key)),
    reference: (key, component, width) => row(name('reference', width, component, key)),
    value: (key, component) => symbol(`value ${component} ${key}`),
    reward: (key) => symbol(`reward ${key}`),
    samplerRatio: () => (drawn === 'onPolicy' ? point.number(1) : point.symbol()),
  };
}

/** Small integers for the odds of a policy and of its reference, and for its rewards; made when they are first asked for. */
export class Candidate {
  /** By kind, component and history. */
  readonly odds = new Map<string, number[]>();
  readonly rewards = new Map<string, number>();
  private readonly draw: (choices: readonly number[]) => number;
  private readonly ofOdds: readonly number[];
  private readonly ofRewards: readonly number[];

  constructor(random: RandomStream, ofOdds: readonly number[], ofRewards: readonly number[]) {
    this.draw = (choices) => choices[random.integer(choices.length)]!;
    this.ofOdds = ofOdds;
    this.ofRewards = ofRewards;
  }

  oddsOf(kind: 'policy' | 'reference', key: string, component: Component, width: number): number[] {
    const name = `${kind} ${component} ${key}`;
    let odds = this.odds.get(name);
    if (odds === undefined) {
      odds = Array.from({ length: width }, () => this.draw(this.ofOdds));
      this.odds.set(name, odds);
    }
    return odds;
  }

  rewardOf(key: string): number {
    let reward = this.rewards.get(key);
    if (reward === undefined) {
      reward = this.draw(this.ofRewards);
      this.rewards.set(key, reward);
    }
    return reward;
  }
}

/**
 * The numbers of a candidate. Off policy its reference is the old policy, and the sampler is the old policy.
 * @param value V(h) of a critic
 */
export function candidateSource<T>(
  field: Arithmetic<T>,
  candidate: Candidate,
  drawn: Drawn,
  value: (key: string, component: Component) => T,
): EpisodeSource<T> {
  const probabilities = (odds: readonly number[]): readonly T[] => {
    const sum = field.number(odds.reduce((a, b) => a + b, 0));
    return odds.map((x) => field.div(field.number(x), sum));
  };
  const reference: EpisodeSource<T>['reference'] = (key, component, width) =>
    probabilities(candidate.oddsOf('reference', key, component, width));
  return {
    prob: (key, component, width) => probabilities(candidate.oddsOf('policy', key, component, width)),
    old: (key, component, width) => (drawn === 'onPolicy' ? undefined : reference(key, component, width)),
    reference,
    value,
    reward: (key) => field.number(candidate.rewardOf(key)),
    samplerRatio: () => field.number(1),
  };
}
