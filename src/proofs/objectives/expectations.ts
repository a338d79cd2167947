// Decides questions about E g on policy: for one member of a group at a time, or where that says nothing, by all groups of a policy.
import type { Fraction } from '../../algebra/fraction.ts';
import { addFractions } from '../../algebra/fraction.ts';
import type { PolicyShape } from '../../policy/shape.ts';
import { type Decision, decide, larger, type Points, readAtPoint, vanish } from './decide.ts';
import { type Element, smallFraction } from './element.ts';
import { episodesOf } from './episodes.ts';
import { FreeMember } from './freeTrajectories.ts';
import { gapsOfMembers, type MemberQuestion, withoutReward } from './oneMember.ts';
import type { Point } from './point.ts';
import { PointWeights, VARIES } from './pointWeights.ts';
import { isMultiple, type Question, type Setting, unbiased } from './questions.ts';
import { freeSource } from './sources.ts';
import type { Subject } from './subject.ts';

const NO_FRACTION = 'if there is a factor, its numerator or its denominator is above 2^20';
const READS_MORE =
  'the formula asks isZero of numbers that may come from tokens, which members of a group may share: no member alone decides it';

/** The gaps of one member at a point, decided. */
function decideAt(
  weights: PointWeights,
  point: Point,
  shape: PolicyShape,
  size: number,
  question: MemberQuestion,
) {
  const { remembered } = weights;
  const numbersOf = question((group) => remembered.of(group), point, shape);
  const vanished = vanish(point, gapsOfMembers(point, shape, size, numbersOf));
  if (vanished === undefined) return {};
  if (weights.varies) return { reason: VARIES };
  return point.isGeneric && remembered.readsTokens ? { reason: READS_MORE } : larger(vanished, weights.same);
}

/**
 * Decides for one member of a group at a time what it adds to E g, with no group enumerated. It may fail where the answer is yes.
 * @param shape of the longest trajectories that the question is about; their vocabulary is not read
 */
export function decideMember(
  subject: Subject,
  question: MemberQuestion,
  points: Points,
  shape: PolicyShape,
  size: number,
): Decision {
  return decide(points, `member of ${size}`, (point) =>
    decideAt(new PointWeights(point, subject), point, shape, size, question),
  );
}

/** The factor λ with E g = λ·∇J for all policies, if that was found. */
export interface FactorDecision {
  readonly decision: Decision;
  readonly factor?: Fraction;
}

/** How much each weight of a group changes with the reward of its trajectory, the rest of the episode being another, too. */
function factorsAt(weights: PointWeights, point: Point, shape: PolicyShape, size: number): Element[] {
  const members = Array.from({ length: size }, () => new FreeMember(point, shape, 'onPolicy'));
  const group = members.map((member) => member.whole(shape.attempts));
  const before = weights.remembered.of(group);
  return members.map((member, i) => {
    const other = member.leaving(0, shape.attempts);
    const after = weights.remembered.of(group.map((one, j) => (j === i ? other : one)));
    const moved = point.sub(after[i]![0]!, before[i]![0]!);
    return point.div(moved, point.sub(other.reward, group[i]!.reward));
  });
}

/**
 * Decides whether E g = λ·∇J, for one member at a time: w_it = α_i·R_i + b_it, where b_it is the same whatever follows the history of t,
 * has λ = Σ_i α_i. The α_i are read off a point of their own.
 */
export function decideMemberFactor(
  subject: Subject,
  points: Points,
  shape: PolicyShape,
  size: number,
): FactorDecision {
  const factors = readAtPoint(points, `reading factors of members of ${size}`, (point) =>
    factorsAt(new PointWeights(point, subject), point, shape, size).map(({ residue }) =>
      smallFraction(residue, point.elements.prime),
    ),
  )?.filter((one) => one !== undefined);
  if (factors?.length !== size) return { decision: { holds: false, reason: NO_FRACTION } };
  const decision = decide(points, `factor of members of ${size}`, (point) => {
    const elements = factors.map((one) => point.elements.constant(one));
    return decideAt(new PointWeights(point, subject), point, shape, size, withoutReward(elements));
  });
  return decision.holds ? { decision, factor: factors.reduce(addFractions) } : { decision };
}

/** A policy of free symbols at a point, with an objective on it. */
class PointSetting implements Setting<Element> {
  readonly field: Point;
  readonly groupSize: number;
  readonly baseline: Element;
  readonly episodes: Setting<Element>['episodes'];
  readonly weights: Setting<Element>['weights'];
  readonly atPoint: PointWeights;

  constructor(point: Point, subject: Subject, groupSize: number) {
    this.field = point;
    this.groupSize = groupSize;
    this.baseline = point.symbol();
    this.atPoint = new PointWeights(point, subject);
    this.weights = this.atPoint.remembered;
    const source = freeSource(point, 'onPolicy');
    this.episodes = (shape, isPadded) => episodesOf(point, shape, source, isPadded);
  }
}

/** Decides a question about E g by all groups of a policy of its shape. */
export function decideEnumerated(
  subject: Subject,
  question: Question,
  points: Points,
  groupSize: number,
): Decision {
  return decide(points, 'expectation', (point) => {
    const setting = new PointSetting(point, subject, groupSize);
    const size = vanish(point, question.gaps(setting));
    if (size === undefined) return {};
    return setting.atPoint.varies ? { reason: VARIES } : larger(size, setting.atPoint.same);
  });
}

/** Decides whether E g = λ·∇J by all groups of a policy; λ is read off a point of its own. */
export function decideEnumeratedFactor(
  subject: Subject,
  points: Points,
  shape: PolicyShape,
  groupSize: number,
): FactorDecision {
  const factor = readAtPoint(points, `reading a factor of groups of ${groupSize}`, (point) => {
    const setting = new PointSetting(point, subject, groupSize);
    const one = unbiased(shape)
      .gaps(setting)
      .find(({ expected }) => expected.residue !== 0n)!;
    return smallFraction(point.div(one.found, one.expected).residue, point.elements.prime);
  });
  if (factor === undefined) return { decision: { holds: false, reason: NO_FRACTION } };
  const decision = decideEnumerated(subject, isMultiple(shape, factor), points, groupSize);
  return decision.holds ? { decision, factor } : { decision };
}
