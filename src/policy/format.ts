// Reads and writes `gradsplit/policy@1`. Every malformed file is reported by one sentence that names the place.
import { type Fraction, fractionToNumber, logOfFraction } from '../algebra/fraction.ts';
import { InputError } from '../base/errors.ts';
import { Fields } from '../base/fields.ts';
import { jsonChunks, type LazyRows } from '../base/json.ts';
import { parseJson } from '../base/jsonText.ts';
import { AMOUNT, type EntryKind, exactAmounts, LOGIT, ODDS, writtenFraction } from './entries.ts';
import { readStatement, writtenStatement } from './putStatement.ts';
import { readRow, readRows } from './rows.ts';
import {
  checkEnumerable,
  decisionKeys,
  decisionRows,
  leafKeys,
  leaves,
  type PolicyShape,
  sampleKeys,
  sampleRows,
} from './shape.ts';
import type { PolicyLogits, PolicyOdds, TableReward, TabularPolicy, TargetReward } from './tabular.ts';

/** The value of the field `format` in a policy file. */
export const POLICY_FORMAT = 'gradsplit/policy@1';

/**
 * Reads the policy in a `gradsplit/policy@1` text.
 * @param source the name of the text in messages, such as the file's name
 * @throws InputError naming the place (`mine.json: logits.sample["0,1/"][2]`), what was expected and what was found
 * @example
 * ```ts
 * import { parsePolicy, policyChunks, randomPolicy } from 'gradsplit';
 * const drawn = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
 * const policy = parsePolicy([...policyChunks(drawn)].join(''), 'mine.json');
 * policy.shape; // → { attempts: 2, length: 1, vocabulary: 2 }
 * ```
 */
export function parsePolicy(text: string, source: string): TabularPolicy {
  const root = new Fields(parseJson(text, source), source, '');
  if (root.get('format') !== POLICY_FORMAT) root.fail('format', `"${POLICY_FORMAT}"`);
  root.allow([
    'format',
    'attempts',
    'length',
    'vocabulary',
    'reward',
    'logits',
    'odds',
    'reference',
    'statement',
  ]);
  const isOdds = givesOdds(root);
  const shape: PolicyShape = {
    attempts: root.integer('attempts', 1),
    length: root.integer('length', 1),
    vocabulary: root.integer('vocabulary', 2),
  };
  try {
    checkEnumerable(shape);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${source}: ${error.message}`) : error;
  }
  return {
    shape,
    reward: readReward(root.object('reward'), shape),
    logits: isOdds ? readOdds(root.object('odds'), shape) : readLogits(root.object('logits'), shape),
    reference: readReference(root.object('reference'), shape, isOdds),
    ...(root.has('statement') ? { statement: readStatement(root.object('statement')) } : {}),
  };
}

/** Whether a policy is given by odds: by logits or odds, not by both. */
function givesOdds(fields: Fields): boolean {
  const isOdds = fields.has('odds');
  if (isOdds && fields.has('logits')) fields.failHere('either logits or odds', 'both');
  return isOdds;
}

function readReward(fields: Fields, shape: PolicyShape): TargetReward | TableReward {
  fields.allow(['target', 'attemptCost', 'table']);
  if (!fields.has('table')) return readTarget(fields, shape);
  if (fields.has('target') || fields.has('attemptCost')) {
    fields.failHere('either target and attemptCost, or table', 'both');
  }
  const table = fields.object('table');
  const entries = readRow(table, () => leafKeys(shape), leaves(shape), AMOUNT);
  const values = Float64Array.from(entries, (entry) => numberOf(entry));
  const exactValues = exactAmounts(entries);
  return { kind: 'table', values, ...(exactValues === undefined ? {} : { exactValues }) };
}

function numberOf(entry: number | Fraction): number {
  return typeof entry === 'number' ? entry : fractionToNumber(entry);
}

function readTarget(fields: Fields, { length, vocabulary }: PolicyShape): TargetReward {
  if (!fields.has('target') && !fields.has('attemptCost')) {
    fields.failHere('either target and attemptCost, or table', 'neither');
  }
  const target = fields.array('target', length, `${length} tokens`);
  target.forEach((token, i) => {
    const legal = typeof token === 'number' && Number.isInteger(token) && token >= 0 && token < vocabulary;
    if (!legal) fields.failAt(['target', i], `a token, an integer from 0 to ${vocabulary - 1}`, token);
  });
  // JSON can write the token 0 as −0.
  const tokens = target.map((token) => Math.abs(token as number));
  const cost = AMOUNT.read(fields.get('attemptCost'));
  if (cost === undefined) fields.fail('attemptCost', AMOUNT.expected);
  const exactCost = typeof cost === 'number' ? {} : { exactCost: cost };
  return { kind: 'target', target: tokens, attemptCost: numberOf(cost), ...exactCost };
}

function readLogits(fields: Fields, shape: PolicyShape): PolicyLogits {
  const { sample, decision } = readTables(fields, shape, LOGIT);
  return { sample: Float64Array.from(sample), decision: Float64Array.from(decision) };
}

/** Logits from odds: log of each, in float64. */
function readOdds(fields: Fields, shape: PolicyShape): PolicyLogits {
  const odds: PolicyOdds = readTables(fields, shape, ODDS);
  const logits = (fractions: readonly Fraction[]): Float64Array =>
    Float64Array.from(fractions, logOfFraction);
  return { sample: logits(odds.sample), decision: logits(odds.decision), odds };
}

/** A reference holds what the policy holds, logits or odds, or says by `odds` or `logits` which. */
function readReference(fields: Fields, shape: PolicyShape, isOdds: boolean): PolicyLogits {
  const named = ['odds', 'logits'].find((name) => fields.has(name));
  if (named === undefined) return isOdds ? readOdds(fields, shape) : readLogits(fields, shape);
  fields.allow(['odds', 'logits']);
  return givesOdds(fields)
    ? readOdds(fields.object('odds'), shape)
    : readLogits(fields.object('logits'), shape);
}

function readTables<T>(
  fields: Fields,
  shape: PolicyShape,
  entry: EntryKind<T>,
): { sample: readonly T[]; decision: readonly T[] } {
  fields.allow(['sample', 'decision']);
  const { vocabulary } = shape;
  const sample = fields.object('sample');
  const decision = fields.object('decision');
  return {
    sample: readRows(sample, () => sampleKeys(shape), sampleRows(shape), vocabulary, entry),
    decision: readRows(decision, () => decisionKeys(shape), decisionRows(shape), 2, entry),
  };
}

/** Tables of logits, or of gradients with respect to them, keyed by history. Rows are created while they are written. */
export interface KeyedLogits {
  readonly sample: LazyRows;
  readonly decision: LazyRows;
}

/** Gives the tables of logits keyed by history: sample rows are [V] and decision rows are [2]. */
export function keyedLogits(shape: PolicyShape, logits: PolicyLogits): KeyedLogits {
  const rows = (values: Float64Array, width: number, keys: () => Iterable<string>): LazyRows => ({
    keys,
    row: (i) => values.subarray(i * width, (i + 1) * width),
  });
  return {
    sample: rows(logits.sample, shape.vocabulary, () => sampleKeys(shape)),
    decision: rows(logits.decision, 2, () => decisionKeys(shape)),
  };
}

/** Gives tables of fractions keyed by history, written as integers where they are, else as texts such as `3/7`. */
export function keyedFractions(shape: PolicyShape, odds: PolicyOdds): KeyedLogits {
  const rows = (values: readonly Fraction[], width: number, keys: () => Iterable<string>): LazyRows => ({
    keys,
    row: (i) => values.slice(i * width, (i + 1) * width).map(writtenFraction),
  });
  return {
    sample: rows(odds.sample, shape.vocabulary, () => sampleKeys(shape)),
    decision: rows(odds.decision, 2, () => decisionKeys(shape)),
  };
}

function writtenReward(shape: PolicyShape, reward: TargetReward | TableReward) {
  if (reward.kind === 'target') {
    const { target, attemptCost, exactCost } = reward;
    return { target, attemptCost: exactCost === undefined ? attemptCost : writtenFraction(exactCost) };
  }
  const { values, exactValues } = reward;
  const row = (i: number): number | string =>
    exactValues === undefined ? values[i]! : writtenFraction(exactValues[i]!);
  return { table: { keys: () => leafKeys(shape), row } };
}

/**
 * Yields the text of a policy's file in pieces, with odds where the policy was given by odds. `parsePolicy` reads exactly the same
 * policy from it, bit for bit.
 */
export function policyChunks({
  shape,
  reward,
  logits,
  reference,
  statement,
}: TabularPolicy): Generator<string> {
  const policyOdds = logits.odds;
  const isOdds = policyOdds !== undefined;
  const referenceOdds = reference.odds;
  const tables =
    referenceOdds === undefined ? keyedLogits(shape, reference) : keyedFractions(shape, referenceOdds);
  const isReferenceOdds = referenceOdds !== undefined;
  const named = isReferenceOdds ? { odds: tables } : { logits: tables };
  return jsonChunks({
    format: POLICY_FORMAT,
    attempts: shape.attempts,
    length: shape.length,
    vocabulary: shape.vocabulary,
    reward: writtenReward(shape, reward),
    ...(isOdds ? { odds: keyedFractions(shape, policyOdds) } : { logits: keyedLogits(shape, logits) }),
    reference: isReferenceOdds === isOdds ? tables : named,
    ...(statement === undefined ? {} : { statement: writtenStatement(statement) }),
  });
}
