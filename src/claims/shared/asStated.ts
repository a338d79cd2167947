// The statements of a claim as checks, and its wrong statements as controls: each text in float64, beside what the library computes.
import { DivisionByZero } from '../../algebra/exactField.ts';
import { InputError } from '../../base/errors.ts';
import { type RandomStream, randomStream } from '../../base/random.ts';
import { showText } from '../../base/show.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import { check, control } from '../check.ts';
import type { Check, ClaimSubject, Control } from '../claim.ts';
import type { ClaimStatements, Statement, WrongStatement } from '../statement.ts';
import { fallback, placesOf } from './atPlace.ts';
import { type Compared, closestOf, inFloat64, type Library } from './inFloat64.ts';

/** Checks and controls of a claim. */
export interface Stated {
  readonly checks: readonly Check[];
  readonly controls: readonly Control[];
}

/** What a claim has beside the checks that follow from its statements. */
export interface Beside extends Stated {
  /** Names of statements whose text some check of the claim reads. */
  readonly read?: readonly string[];
  /** What the library computes for sides of statements, by their names. */
  readonly library?: Readonly<Record<string, Library>>;
}

/** A statement on the places of a policy; undefined where a divisor may be zero. */
function compared(
  statement: Statement,
  policy: TabularPolicy,
  subject: ClaimSubject,
  random: RandomStream,
  library?: Library,
): (Compared & { readonly where: string }) | undefined {
  const { policies, where } = placesOf(statement, policy, subject);
  try {
    return {
      ...closestOf(policies.map((p) => inFloat64(statement, p, random.split(statement.name), { library }))),
      where,
    };
  } catch (error) {
    if (error instanceof DivisionByZero) return undefined;
    throw error;
  }
}

/** The same on a policy that statements fall back on. @throws InputError if a divisor may be zero there, too */
function onFallback(
  statement: Statement,
  subject: ClaimSubject,
  random: RandomStream,
  library?: Library,
): Compared {
  const found = compared(statement, fallback(subject.seed), subject, random, library);
  if (found !== undefined) return found;
  throw new InputError(
    `statement "${showText(statement.name, 80)}": a divisor may be 0 on every policy that was tried`,
  );
}

/** A statement as a check; what an inequality puts to a text is its certificate, an identity. */
function checked(
  statement: Statement,
  subject: ClaimSubject,
  random: RandomStream,
  library?: Library,
): Check {
  const { kind } = statement;
  const name = `${statement.name}${kind === 'inequality' ? ': its certificate' : ''}`;
  const own = compared(statement, subject.policy, subject, random, library);
  if (own !== undefined) return check(`${name}${own.where}`, own.comparison, own.tolerance);
  const { comparison, tolerance } = onFallback(statement, subject, random, library);
  return check(`${name} (on another policy: a divisor may be 0 on this one)`, comparison, tolerance);
}

/** A wrong statement as a control. Some are true of companions with special rewards or short attempts. */
function controlled(wrong: WrongStatement, subject: ClaimSubject, random: RandomStream): Control {
  const { name, mistake } = wrong;
  const first = compared(wrong, subject.companion, subject, random);
  if (first !== undefined && first.comparison.error > first.tolerance.value) {
    return control(subject, name, mistake, first.comparison, first.tolerance);
  }
  const { comparison, tolerance } = onFallback(wrong, subject, random);
  return control({ ...subject, companionIs: 'companion' }, name, mistake, comparison, tolerance);
}

/**
 * The checks and controls of a claim, and those that follow from its statements: each that no other check reads is a check on the policy,
 * and each wrong one, of whose name there is no control yet, a control on the companion. Their further symbols are drawn by the seed, and
 * the tolerance is what the text in intervals leaves open.
 */
export function withStated(
  subject: ClaimSubject,
  { id, statements, controls }: ClaimStatements,
  beside: Beside = { checks: [], controls: [] },
): Stated {
  const { read = [], library = {} } = beside;
  const random = randomStream(subject.seed, 'statements').split(id);
  const known = new Set(beside.controls.map(({ name }) => name));
  return {
    checks: [
      ...beside.checks,
      ...statements
        .filter(({ name }) => !read.includes(name))
        .map((s) => checked(s, subject, random, library[s.name])),
    ],
    controls: [
      ...beside.controls,
      ...controls.filter(({ name }) => !known.has(name)).map((s) => controlled(s, subject, random)),
    ],
  };
}
