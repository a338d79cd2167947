// The verdicts on an objective: balanced within a trajectory, unbiased, up to which factor, free of length and of a baseline.
import { showFraction } from '../../algebra/fraction.ts';
import { decideBalance } from './balance.ts';
import type { Search } from './counterExample.ts';
import type { Points } from './decide.ts';
import { factorInG, type SizedFactor } from './everyGroup.ts';
import {
  decideEnumerated,
  decideEnumeratedFactor,
  decideMember,
  decideMemberFactor,
  type FactorDecision,
} from './expectations.ts';
import { addedByBaseline, addedByPadding, type MemberQuestion } from './oneMember.ts';
import {
  balancedOn,
  baselineFree,
  isMultiple,
  lengthFree,
  parallel,
  type Question,
  unbiased,
} from './questions.ts';
import { groupSizes, isEnumerable, longer, type ProofSize, shapeOf } from './size.ts';
import type { Drawn } from './sources.ts';
import type { Subject } from './subject.ts';
import { type ObjectiveVerdict, verdictOf, verdictOfAll } from './verdict.ts';

/** All answers for one objective. */
export interface ObjectiveProof {
  /** On policy all tokens of a trajectory have one weight. */
  readonly balanced: ObjectiveVerdict;
  /** The same with ratios that may be anything, in every case of its clips and masks. */
  readonly balancedOffPolicy: ObjectiveVerdict;
  /** On policy E g = ∇J for each component. */
  readonly unbiased: ObjectiveVerdict;
  /** On policy E g = λ·∇J with one λ for all policies and both components. */
  readonly factor: ObjectiveVerdict;
  /** Padding changes no gradient of first tokens and decisions. */
  readonly lengthFree: ObjectiveVerdict;
  /** A number added to all rewards changes no gradient. */
  readonly baselineFree: ObjectiveVerdict;
}

/** What an objective is asked, about which sizes, and at which points. */
interface Inquiry {
  readonly subject: Subject;
  readonly points: Points;
  readonly size: ProofSize;
}

function onPolicy(subject: Subject, question: Question, groupSize: number): Search {
  return { subject, question, drawn: 'onPolicy', groupSize };
}

/** Whether all tokens of a trajectory have one weight, on policy or with ratios that may be anything. */
export function balanceVerdict(
  subject: Subject,
  drawn: Drawn,
  points: Points,
  size: ProofSize,
): ObjectiveVerdict {
  const shape = shapeOf(size);
  function* verdicts(): Generator<ObjectiveVerdict> {
    // Segments of one token hide what differs within a longer one.
    for (const groupSize of groupSizes(size)) {
      for (const own of [shape, longer(shape)]) {
        const decision = decideBalance(subject, drawn, points, own, groupSize);
        yield verdictOf({ search: { subject, question: balancedOn(own), drawn, groupSize }, decision });
      }
    }
  }
  return verdictOfAll(verdicts());
}

/** A question decided for one member of a group at a time, or else by all groups. */
function expectationVerdict(
  { subject, points, size }: Inquiry,
  question: Question,
  ofMember: MemberQuestion,
): ObjectiveVerdict {
  const { shape } = question;
  function* verdicts(): Generator<ObjectiveVerdict> {
    for (const groupSize of groupSizes(size)) {
      const decision = decideMember(subject, ofMember, points, shape, groupSize);
      const enumerated = () => ({ decision: decideEnumerated(subject, question, points, groupSize) });
      const otherwise = isEnumerable(shape, groupSize) ? { otherwise: enumerated } : {};
      yield verdictOf({ search: onPolicy(subject, question, groupSize), decision, ...otherwise });
    }
  }
  return verdictOfAll(verdicts());
}

/** λ by size of the group, as far as there is one. */
interface Factors {
  readonly known: readonly SizedFactor[];
  readonly verdict: ObjectiveVerdict;
  /** The last size that was looked at: all of them, or the first one that is not proved. */
  readonly last: number;
}

function factorsOf({ subject, points, size }: Inquiry): Factors {
  const shape = shapeOf(size);
  const known: SizedFactor[] = [];
  let last = 0;
  const noted = (groupSize: number, { decision, factor }: FactorDecision) => {
    if (factor === undefined) return { decision };
    known.push({ size: groupSize, factor });
    return { decision, compareAs: onPolicy(subject, isMultiple(shape, factor), groupSize) };
  };
  function* verdicts(): Generator<ObjectiveVerdict> {
    for (const groupSize of groupSizes(size)) {
      last = groupSize;
      const found = noted(groupSize, decideMemberFactor(subject, points, shape, groupSize));
      const enumerated = () => noted(groupSize, decideEnumeratedFactor(subject, points, shape, groupSize));
      const otherwise = isEnumerable(shape, groupSize) ? { otherwise: enumerated } : {};
      yield verdictOf({ search: onPolicy(subject, parallel(shape), groupSize), ...found, ...otherwise });
    }
  }
  const verdict = verdictOfAll(verdicts());
  return { known, verdict, last };
}

function factorVerdicts(inquiry: Inquiry): Pick<ObjectiveProof, 'unbiased' | 'factor'> {
  const factors = factorsOf(inquiry);
  const { known, verdict } = factors;
  if (verdict.verdict !== 'proved') return { unbiased: notOne(inquiry, factors), factor: verdict };
  const value = known.map(({ size: g, factor }) => `${showFraction(factor)} for groups of ${g}`).join(', ');
  const inG = factorInG(known);
  return {
    unbiased: known.every(isOne) ? verdict : notOne(inquiry, factors),
    factor: { ...verdict, value, ...(inG === undefined ? {} : { inG }) },
  };
}

function isOne({ factor: { n, d } }: SizedFactor): boolean {
  return n === d;
}

/** The verdict on E g = ∇J where λ is not 1 for some size of the group, or where there is none. */
function notOne({ subject, size }: Inquiry, { known, verdict, last }: Factors): ObjectiveVerdict {
  const groupSize = known.find((one) => !isOne(one))?.size ?? last;
  const search = onPolicy(subject, unbiased(shapeOf(size)), groupSize);
  const { reason } = verdict;
  const why = verdict.verdict === 'proved' || reason === undefined ? {} : { reason };
  return verdictOf({ search, decision: { holds: false, ...why } });
}

/**
 * Puts the weight formula of an objective to all questions.
 * @param size of policies and groups, which `checkSize` has let pass
 * @param seen is told the name of each question before it is put
 * @throws FormulaError if the formula does what no field can do
 */
export function proveObjective(
  subject: Subject,
  points: Points,
  size: ProofSize,
  seen: (question: string) => void = () => {},
): ObjectiveProof {
  const about = <V>(question: string, answer: () => V): V => {
    seen(question);
    return answer();
  };
  const inquiry = { subject, points, size };
  const shape = shapeOf(size);
  return {
    balanced: about('balanced on policy', () => balanceVerdict(subject, 'onPolicy', points, size)),
    balancedOffPolicy: about('balanced off policy', () => balanceVerdict(subject, 'offPolicy', points, size)),
    ...about('unbiased, up to which factor', () => factorVerdicts(inquiry)),
    lengthFree: about('free of length', () => expectationVerdict(inquiry, lengthFree(shape), addedByPadding)),
    baselineFree: about('free of a baseline', () =>
      expectationVerdict(inquiry, baselineFree(shape), addedByBaseline),
    ),
  };
}
