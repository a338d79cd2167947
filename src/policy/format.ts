// Reads and writes `gradsplit/policy@1`. Every malformed file is reported by one sentence that names the place.
import { InputError } from '../base/errors.ts';
import { Fields, isFiniteNumber } from '../base/fields.ts';
import { jsonChunks, type LazyRows } from '../base/json.ts';
import { parseJson } from '../base/jsonText.ts';
import { showText } from '../base/show.ts';
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
import type { PolicyLogits, TableReward, TabularPolicy, TargetReward } from './tabular.ts';

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
  root.allow(['format', 'attempts', 'length', 'vocabulary', 'reward', 'logits', 'reference']);
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
    logits: readLogits(root.object('logits'), shape),
    reference: readLogits(root.object('reference'), shape),
  };
}

function readReward(fields: Fields, shape: PolicyShape): TargetReward | TableReward {
  fields.allow(['target', 'attemptCost', 'table']);
  if (!fields.has('table')) return readTarget(fields, shape);
  if (fields.has('target') || fields.has('attemptCost')) {
    fields.failHere('either target and attemptCost, or table', 'both');
  }
  const table = fields.object('table');
  const values = readNumbers(table, () => leafKeys(shape), leaves(shape));
  return { kind: 'table', values };
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
  return { kind: 'target', target: tokens, attemptCost: fields.number('attemptCost') };
}

function readLogits(fields: Fields, shape: PolicyShape): PolicyLogits {
  fields.allow(['sample', 'decision']);
  const { vocabulary } = shape;
  const sample = fields.object('sample');
  const decision = fields.object('decision');
  return {
    sample: readRows(sample, () => sampleKeys(shape), sampleRows(shape), vocabulary),
    decision: readRows(decision, () => decisionKeys(shape), decisionRows(shape), 2),
  };
}

/** The words for the keys of a table, singular and plural. */
interface KeyName {
  readonly one: string;
  readonly many: string;
}

const HISTORY: KeyName = { one: 'history', many: 'histories' };
const TRAJECTORY: KeyName = { one: 'trajectory', many: 'trajectories' };

/** Reads the rows of a table in the order of `keys` [count · width]. */
function readRows(table: Fields, keys: () => Iterable<string>, count: number, width: number): Float64Array {
  const values = new Float64Array(count * width);
  let at = 0;
  for (const key of keys()) {
    const row = entry(table, key, keys, count, HISTORY);
    if (!Array.isArray(row) || row.length !== width) table.failAt([key], `${width} numbers`, row);
    for (let i = 0; i < width; i++) {
      const value: unknown = row[i];
      if (!isFiniteNumber(value)) table.failAt([key, i], 'a finite number', value);
      values[at++] = value;
    }
  }
  refuseSurplus(table, keys, count, HISTORY);
  return values;
}

/** Reads the numbers of a table in the order of `keys` [count]. */
function readNumbers(table: Fields, keys: () => Iterable<string>, count: number): Float64Array {
  const values = new Float64Array(count);
  let at = 0;
  for (const key of keys()) {
    const value = entry(table, key, keys, count, TRAJECTORY);
    if (!isFiniteNumber(value)) table.failAt([key], 'a finite number', value);
    values[at++] = value;
  }
  refuseSurplus(table, keys, count, TRAJECTORY);
  return values;
}

/** Reads the value of a required key. No history is named like a member of Object.prototype, and JSON has no undefined. */
function entry(
  table: Fields,
  key: string,
  keys: () => Iterable<string>,
  count: number,
  name: KeyName,
): unknown {
  const value = table.record[key];
  if (value === undefined) failKeys(table, keys, count, name);
  return value;
}

function refuseSurplus(table: Fields, keys: () => Iterable<string>, count: number, name: KeyName): void {
  if (Object.keys(table.record).length !== count) failKeys(table, keys, count, name);
}

/** Reports how many keys are missing and how many are surplus, and the first of each. */
function failKeys(table: Fields, keys: () => Iterable<string>, count: number, name: KeyName): never {
  const known = new Set(keys());
  const missing = [...known].filter((key) => !table.has(key));
  const surplus = Object.keys(table.record).filter((key) => !known.has(key));
  const show = (key: string | undefined): string => showText(JSON.stringify(key), 60);
  const faults: string[] = [];
  if (missing.length > 0) {
    const what = `${missing.length} of ${count} ${count === 1 ? name.one : name.many}`;
    faults.push(`${what} ${missing.length === 1 ? 'is' : 'are'} missing (first ${show(missing[0])})`);
  }
  if (surplus.length > 0) {
    const what = surplus.length === 1 ? '1 key is' : `${surplus.length} keys are`;
    faults.push(`${what} no ${name.one} of this shape (first ${show(surplus[0])})`);
  }
  table.failWith(faults.join(' and '));
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

/** Yields the text of a policy's file in pieces. `parsePolicy` reads exactly the same policy from it, bit for bit. */
export function policyChunks(policy: TabularPolicy): Generator<string> {
  const { shape, reward } = policy;
  const written =
    reward.kind === 'target'
      ? { target: reward.target, attemptCost: reward.attemptCost }
      : { table: { keys: () => leafKeys(shape), row: (i: number) => reward.values[i]! } };
  return jsonChunks({
    format: POLICY_FORMAT,
    attempts: shape.attempts,
    length: shape.length,
    vocabulary: shape.vocabulary,
    reward: written,
    logits: keyedLogits(shape, policy.logits),
    reference: keyedLogits(shape, policy.reference),
  });
}
