// Questions about E g decided for one member of a group at a time, with any others: what is the same whatever follows the history of a
// token drops out of its expectation, since E[b·u_t | h_t] = 0. No group is enumerated, and no vocabulary is in it.
import type { FormulaBatch, PerToken } from '../../objectives/formulas/index.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import type { Sides } from './decide.ts';
import type { Element } from './element.ts';
import { tuples } from './expectation.ts';
import { FreeMember, type FreeTrajectory, placesOf, type TokenPlace } from './freeTrajectories.ts';
import type { Point } from './point.ts';

/** Two groups that differ in one member alone, from one of its tokens on. */
interface Pair {
  readonly group: readonly FreeTrajectory[];
  readonly other: readonly FreeTrajectory[];
  readonly member: number;
  readonly token: number;
}

/** All ways in which n members fall into classes: the class of each, where a new class has the next number. */
function* partitionsOf(n: number): Generator<readonly number[]> {
  if (n === 0) {
    yield [];
    return;
  }
  for (const before of partitionsOf(n - 1)) {
    const classes = Math.max(-1, ...before) + 1;
    for (let c = 0; c <= classes; c++) yield [...before, c];
  }
}

/** The ends that are held against each other for one group; members of one class are the same trajectory of `attempts[class]` attempts. */
function* pairsOf(
  members: readonly FreeMember[],
  classes: readonly number[],
  attempts: readonly number[],
  places: readonly TokenPlace[],
  most: number,
): Generator<Pair> {
  const group = classes.map((c) => members[c]!.whole(attempts[c]!));
  for (const [member, c] of classes.entries()) {
    const isAlone = classes.every((other, j) => j === member || other !== c);
    // A member that is alone has every end held against the longest way; one that is not has each way held against the longest end.
    if (isAlone && attempts[c] !== most) continue;
    for (const [token] of group[member]!.tokens.entries()) {
      const ends = isAlone ? endsFrom(places[token]!, most) : [most];
      for (const k of ends) {
        const end = members[c]!.leaving(token, k);
        yield { group, other: group.map((one, j) => (j === member ? end : one)), member, token };
      }
    }
  }
}

/** The numbers of attempts with which a trajectory can end after a token. */
function endsFrom({ attempt }: TokenPlace, most: number): number[] {
  return Array.from({ length: most - attempt }, (_, i) => attempt + 1 + i);
}

/** Numbers of the tokens of a group, of which those are looked at that are not undefined. */
export type TokenNumbers = readonly (readonly (Element | undefined)[])[];

/**
 * The differences of what must be the same whatever follows the history of a token: for every member of every group of free
 * trajectories, members that coincide included, and all its tokens.
 * @param numbersOf the numbers of a group, by member and token
 */
export function* gapsOfMembers(
  point: Point,
  shape: PolicyShape,
  groupSize: number,
  numbersOf: (group: readonly FreeTrajectory[]) => TokenNumbers,
): Generator<Sides> {
  const members = Array.from({ length: groupSize }, () => new FreeMember(point, shape, 'onPolicy'));
  const places = placesOf(shape);
  for (const classes of partitionsOf(groupSize)) {
    const count = Math.max(...classes) + 1;
    for (const types of tuples(shape.attempts, count)) {
      const attempts = types.map((k) => k + 1);
      let own: TokenNumbers | undefined;
      for (const { group, other, member, token } of pairsOf(
        members,
        classes,
        attempts,
        places,
        shape.attempts,
      )) {
        own ??= numbersOf(group);
        const expected = own[member]![token];
        if (expected === undefined) continue;
        yield { found: numbersOf(other)[member]![token]!, expected };
      }
    }
  }
}

/** What is asked of one member. */
export type MemberQuestion = (
  weightsOf: (group: FormulaBatch<Element>) => PerToken<Element>,
  point: Point,
  shape: PolicyShape,
) => (group: readonly FreeTrajectory[]) => TokenNumbers;

/** w_it − α_i·R_i, which is a baseline if E g = Σ_i α_i·∇J. */
export const withoutReward =
  (factors: readonly Element[]): MemberQuestion =>
  (weightsOf, point) =>
  (group) =>
    weightsOf(group).map((row, i) => {
      const part = point.mul(factors[i]!, group[i]!.reward);
      return row.map((w) => point.sub(w, part));
    });

/** What a number b added to all rewards adds to w_it. */
export const addedByBaseline: MemberQuestion = (weightsOf, point) => {
  const baseline = point.symbol();
  const known = new Map<FreeTrajectory, FreeTrajectory>();
  const raised = (one: FreeTrajectory): FreeTrajectory => {
    const found = known.get(one) ?? { ...one, reward: point.add(one.reward, baseline) };
    known.set(one, found);
    return found;
  };
  return (group) => {
    const before = weightsOf(group);
    return weightsOf(group.map(raised)).map((row, i) => row.map((w, t) => point.sub(w, before[i]![t]!)));
  };
};

/** What a padding token at the end of every attempt adds to w_it at first tokens and decisions; the shape is that with padding. */
export const addedByPadding: MemberQuestion = (weightsOf, point, { length }) => {
  const known = new Map<FreeTrajectory, FreeTrajectory>();
  const shortened = (one: FreeTrajectory): FreeTrajectory => {
    const isKept = ({ component, before }: TokenPlace): boolean =>
      component === 'decision' || before < length - 1;
    const found = known.get(one) ?? { ...one, tokens: one.tokens.filter(isKept) };
    known.set(one, found);
    return found;
  };
  return (group) => {
    const without = weightsOf(group.map(shortened));
    return weightsOf(group).map((row, i) => {
      const { tokens } = group[i]!;
      let dropped = 0;
      return row.map((w, t) => {
        const { component, before } = tokens[t]!;
        if (component === 'sample' && before === length - 1) {
          dropped++;
          return undefined;
        }
        return component === 'sample' && before > 0 ? undefined : point.sub(w, without[i]![t - dropped]!);
      });
    });
  };
};
