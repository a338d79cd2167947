// The verdicts on an objective: balanced within a trajectory, unbiased, up to which factor, free of length and of a baseline.
import { type Fraction, showFraction } from '../../algebra/fraction.ts';
import { type Compared, compareWithFloat64, counterExample, type Search } from './counterExample.ts';
import { counterPolicy, type OddsPolicy } from './counterPolicy.ts';
import { type Decision, decideBalance, decideFactor, decideQuestion, type Points } from './decide.ts';
import {
  balancedOn,
  baselineFree,
  isMultiple,
  lengthFree,
  parallel,
  type Question,
  SMALL,
  unbiased,
} from './questions.ts';
import type { Subject } from './subject.ts';

/** The answer to one question about an objective. */
export interface ObjectiveVerdict {
  readonly verdict: 'proved' | 'refuted' | 'outside';
  /** The total degree of what vanished at every point. */
  readonly degree?: number;
  /** log2 of the risk that it is wrong. */
  readonly riskLog2?: number;
  /** The factor λ of E g = λ·∇J by size of the group. */
  readonly value?: string;
  readonly counterExample?: OddsPolicy;
  /** Where the counter-example shows it, and both sides there. */
  readonly place?: string;
  readonly found?: string;
  readonly expected?: string;
  readonly groupSize?: number;
  /** Why it is outside, or what it is proved for. */
  readonly reason?: string;
}

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

/** The groups in which factors are found; the other questions are put to groups of the first size. */
const GROUPS = [2, 3] as const;
const [PAIR] = GROUPS;

function refuted(search: Search, decision: Decision): ObjectiveVerdict {
  const isVague = !decision.holds && decision.isVague === true;
  const found = isVague ? undefined : counterExample(search);
  if (found === undefined) {
    const reason = decision.holds ? undefined : decision.reason;
    return {
      verdict: 'outside',
      reason: reason ?? 'it fails at random points, but no small policy was found on which it does',
    };
  }
  const { place, found: left, expected, groupSize } = found;
  return {
    verdict: 'refuted',
    counterExample: counterPolicy(found),
    place,
    found: left,
    expected,
    groupSize,
  };
}

const CONTRADICTED =
  'it holds at random points, but not for numbers in double precision at small policies: the formula may compare with operators, ' +
  'keep a state between calls, or be at the mercy of rounding';
const GENERIC =
  'except where a number that the formula asks isZero of is 0; small policies at which it is were looked at';

const NO_VALUE =
  'it holds for symbols, but at every small policy that was looked at the formula divides by 0, or takes a root or a logarithm of what has none';

/** The verdict on a question, which is not proved if a small policy says no, or if the formula has no value at any. */
function verdictOf(
  decision: Decision,
  search: () => Search,
  compared: Compared | undefined = decision.holds ? compareWithFloat64(search()) : undefined,
): ObjectiveVerdict {
  if (!decision.holds) return refuted(search(), decision);
  if (compared === 'contradicts') return refuted(search(), { holds: false, reason: CONTRADICTED });
  if (compared === 'hasNoValue') return { verdict: 'outside', reason: NO_VALUE };
  const { degree, riskLog2, isGeneric } = decision;
  return { verdict: 'proved', degree, riskLog2, ...(isGeneric ? { reason: GENERIC } : {}) };
}

/** Whether all tokens of a trajectory have one weight, on policy or with ratios that may be anything. */
export function balanceVerdict(
  subject: Subject,
  drawn: 'onPolicy' | 'offPolicy',
  points: Points,
): ObjectiveVerdict {
  const longer = { ...SMALL, length: 2 };
  const decision = decideBalance(subject, drawn, longer.length, points);
  // Segments of one token hide what differs within a longer one.
  const hidden =
    decision.holds || decideBalance(subject, drawn, SMALL.length, { ...points, points: 1 }).holds;
  const question = balancedOn(hidden ? longer : SMALL);
  return verdictOf(decision, () => ({ subject, question, drawn, groupSize: PAIR }));
}

function factorVerdicts(subject: Subject, points: Points): Pick<ObjectiveProof, 'unbiased' | 'factor'> {
  const search = (question: Question) => (): Search => ({
    subject,
    question,
    drawn: 'onPolicy',
    groupSize: PAIR,
  });
  const { decision, factor } = decideFactor(subject, points, PAIR);
  if (factor === undefined || !decision.holds) {
    const no: Decision = decision.holds ? { holds: false } : decision;
    return { unbiased: verdictOf(no, search(unbiased)), factor: verdictOf(no, search(parallel)) };
  }
  const isOne = factor.n === factor.d;
  const sizes = GROUPS.map((size) => ({
    size,
    ...(size === PAIR ? { decision, factor } : decideFactor(subject, points, size)),
  }));
  const inNumbers = (of: Fraction, groupSize: number): Compared =>
    compareWithFloat64({ ...search(isMultiple(of))(), groupSize });
  const compared = inNumbers(factor, PAIR);
  const known = sizes.flatMap(({ size, decision: own, factor: found }) =>
    own.holds && found !== undefined && (size === PAIR || inNumbers(found, size) === 'agrees')
      ? [{ own, text: `${showFraction(found)} for groups of ${size}` }]
      : [],
  );
  const risk = Math.max(...known.map(({ own }) => own.riskLog2));
  const degree = Math.max(...known.map(({ own }) => own.degree));
  const value = known.map(({ text }) => text).join(', ');
  const isGeneric = known.some(({ own }) => own.isGeneric);
  const proved = verdictOf({ holds: true, degree, riskLog2: risk, isGeneric }, search(parallel), compared);
  return {
    unbiased: verdictOf(isOne ? decision : { holds: false }, search(unbiased)),
    factor: proved.verdict === 'proved' ? { ...proved, value } : proved,
  };
}

/**
 * Puts the weight formula of an objective to all questions.
 * @param seen is told the name of each question before it is put
 * @throws FormulaError if the formula does what no field can do
 */
export function proveObjective(
  subject: Subject,
  points: Points,
  seen: (question: string) => void = () => {},
): ObjectiveProof {
  const about = <V>(question: string, answer: () => V): V => {
    seen(question);
    return answer();
  };
  const ask = (question: Question): ObjectiveVerdict =>
    verdictOf(decideQuestion(subject, question, points, PAIR), () => ({
      subject,
      question,
      drawn: 'onPolicy',
      groupSize: PAIR,
    }));
  return {
    balanced: about('balanced on policy', () => balanceVerdict(subject, 'onPolicy', points)),
    balancedOffPolicy: about('balanced off policy', () => balanceVerdict(subject, 'offPolicy', points)),
    ...about('unbiased, up to which factor', () => factorVerdicts(subject, points)),
    lengthFree: about('free of length', () => ask(lengthFree)),
    baselineFree: about('free of a baseline', () => ask(baselineFree)),
  };
}
