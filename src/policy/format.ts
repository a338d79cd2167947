// Reads and writes `gradsplit/policy@1`. Every malformed file ends in one sentence that names the place.
import { InputError } from '../base/errors.ts';
import { jsonChunks, type LazyRows } from '../base/json.ts';
import { parseJson, refuseDuplicateKeys } from '../base/jsonText.ts';
import { Fields } from './fields.ts';
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
import { readNumbers, readRows } from './tables.ts';
import type { PolicyLogits, TableReward, TabularPolicy, TargetReward } from './tabular.ts';

/** The value of `format` in a policy file. */
export const POLICY_FORMAT = 'gradsplit/policy@1';

/**
 * The policy in a `gradsplit/policy@1` text.
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
  const policy: TabularPolicy = {
    shape,
    reward: readReward(root.object('reward'), shape),
    logits: readLogits(root.object('logits'), shape),
    reference: readLogits(root.object('reference'), shape),
  };
  refuseDuplicateKeys(text, source, membersOf(policy));
  return policy;
}

/** Members of all objects in the file of a policy. */
function membersOf({ shape, reward }: TabularPolicy): number {
  const ofReward = reward.kind === 'target' ? 2 : 1 + leaves(shape);
  const ofLogits = 2 + sampleRows(shape) + decisionRows(shape);
  return 7 + ofReward + 2 * ofLogits;
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
  // −0 is the token 0.
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

/** Tables of logits, or gradients with respect to them, keyed by history; rows are made while they are written. */
export interface KeyedLogits {
  readonly sample: LazyRows;
  readonly decision: LazyRows;
}

/** Tables keyed by history. */
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

/** The text of a policy's file, in pieces. `parsePolicy` gives the same policy back, to the bit. */
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
