// Trajectories of a group whose every number is a free symbol: with any number of attempts, and with another end from any token on.
import type { FormulaToken, FormulaTrajectory } from '../../objectives/formulas/index.ts';
import type { Component } from '../../policy/component.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import type { Element } from './element.ts';
import type { Point } from './point.ts';
import type { Drawn } from './sources.ts';

/** A place of a token in the longest trajectory; a trajectory of k attempts has the places of its attempts. */
export interface TokenPlace {
  readonly component: Component;
  readonly attempt: number;
  /** How many tokens of the attempt come before it. */
  readonly before: number;
}

/** The places of the longest trajectory, in order. */
export function placesOf({ attempts, length }: Omit<PolicyShape, 'vocabulary'>): TokenPlace[] {
  return Array.from({ length: attempts }, (_, attempt) => [
    ...Array.from({ length }, (_, before) => ({ component: 'sample' as const, attempt, before })),
    ...(attempt === attempts - 1 ? [] : [{ component: 'decision' as const, attempt, before: length }]),
  ]).flat();
}

/** A trajectory with free symbols, and the place of each of its tokens. */
export interface FreeTrajectory extends FormulaTrajectory<Element> {
  readonly tokens: readonly (FormulaToken<Element> & TokenPlace)[];
}

/** A token all of whose numbers are symbols; on policy the ratios are 1. */
function freeToken(point: Point, place: TokenPlace, drawn: Drawn): FormulaToken<Element> & TokenPlace {
  const ratio = (): Element => (drawn === 'onPolicy' ? point.number(1) : point.symbol());
  return {
    ...place,
    mask: true,
    prob: point.symbol(),
    ratio: ratio(),
    samplerRatio: ratio(),
    refRatio: point.symbol(),
    value: point.symbol(),
  };
}

/** The trajectories of one member of a group: those on the way of the longest one, and those that leave it at some token. */
export class FreeMember {
  private readonly places: readonly TokenPlace[];
  private readonly way: FreeTrajectory['tokens'];
  private readonly aside: FreeTrajectory['tokens'];
  private readonly rewards: readonly Element[];
  private readonly otherRewards: readonly Element[];
  private readonly known = new Map<string, FreeTrajectory>();

  constructor(point: Point, shape: Omit<PolicyShape, 'vocabulary'>, drawn: Drawn) {
    this.places = placesOf(shape);
    const row = () => this.places.map((place) => freeToken(point, place, drawn));
    const rewards = () => Array.from({ length: shape.attempts }, () => point.symbol());
    [this.way, this.aside, this.rewards, this.otherRewards] = [row(), row(), rewards(), rewards()];
  }

  /** The trajectory of k attempts on the way. */
  whole(k: number): FreeTrajectory {
    return this.remembered(`whole ${k}`, () => ({
      reward: this.rewards[k - 1]!,
      group: 0,
      tokens: this.way.slice(0, this.tokensOf(k)),
    }));
  }

  /**
   * A trajectory of k attempts that leaves the way at token t: the history of t is the same, so that V(h_t) is, and everything after
   * it is another symbol, the reward included.
   */
  leaving(t: number, k: number): FreeTrajectory {
    const { way, aside } = this;
    return this.remembered(`leaving ${t} ${k}`, () => ({
      reward: this.otherRewards[k - 1]!,
      group: 0,
      tokens: [
        ...way.slice(0, t),
        { ...aside[t]!, value: way[t]!.value },
        ...aside.slice(t + 1, this.tokensOf(k)),
      ],
    }));
  }

  private tokensOf(k: number): number {
    return this.places.filter(({ attempt }) => attempt < k).length;
  }

  private remembered(name: string, make: () => FreeTrajectory): FreeTrajectory {
    const one = this.known.get(name) ?? make();
    this.known.set(name, one);
    return one;
  }
}
