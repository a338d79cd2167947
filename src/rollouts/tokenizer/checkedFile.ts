// Checks a tokenizer.json before the library is given it: what is damaged or would not be followed is an error that names the place.
// Source of the format: Hugging Face tokenizers, docs of the library (Tokenizer, models.BPE, AddedToken).
import { Fields, isRecord } from '../../base/fields.ts';
import { parseJson } from '../../base/jsonText.ts';
import { joinPath, showValue } from '../../base/show.ts';

/** Ids are places of an array: no model has so many tokens. */
const MOST_IDS = 1 << 24;

/** Steps of the library's format that it takes note of, but does not follow in JavaScript. */
const NOT_FOLLOWED = ['MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

/** A tokenizer.json that has been checked. */
export interface CheckedFile {
  /** The whole file. */
  readonly file: object;
  /** The type of its decoder, or of the steps of it; `ByteLevel` in byte-level BPE. */
  readonly decoders: readonly string[];
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MOST_IDS;
}

/** The names by id. @throws InputError for what is no id, and for an id with two names */
function vocabularyIn(model: Fields): Map<number, string> {
  const names = new Map<number, string>();
  const vocab = model.object('vocab').record;
  for (const [name, id] of Object.entries(vocab)) {
    if (!isId(id)) model.failAt(['vocab', name], `an id from 0 to ${MOST_IDS - 1}`, id);
    const other = names.get(id);
    if (other !== undefined)
      model.failAt(['vocab', name], `an id of its own (${showValue(other)} has it)`, id);
    names.set(id, name);
  }
  if (names.size === 0) model.fail('vocab', 'at least one token');
  return names;
}

/** The two tokens of a merge, which is one text or two. */
function pairOf(merge: unknown): readonly [string, string] | undefined {
  const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
  if (!Array.isArray(parts) || parts.length !== 2) return undefined;
  const [left, right]: readonly unknown[] = parts;
  return typeof left === 'string' && typeof right === 'string' ? [left, right] : undefined;
}

/** @throws InputError for a model without merges, or a merge of or into tokens that the vocabulary does not have */
function checkMerges(model: Fields): void {
  const merges = model.get('merges');
  if (!Array.isArray(merges) || merges.length === 0) model.fail('merges', 'at least one merge');
  const vocab = model.object('vocab').record;
  const prefix = model.get('continuing_subword_prefix');
  const cut = typeof prefix === 'string' ? prefix.length : 0;
  for (const [i, merge] of merges.entries()) {
    const pair = pairOf(merge);
    if (pair === undefined) model.failAt(['merges', i], 'two tokens, as "a b" or ["a", "b"]', merge);
    const [left, right] = pair;
    const missing = [left, right, left + right.slice(cut)].find((name) => !Object.hasOwn(vocab, name));
    if (missing !== undefined) {
      model.failAt(['merges', i], `tokens of vocab (${showValue(missing)} is none)`, pair.join(' '));
    }
  }
}

/** The token that an object describes. @throws InputError naming what it lacks */
function addedToken(token: Fields): { readonly id: number; readonly content: string } {
  const content = token.get('content');
  const id = token.get('id');
  if (typeof content !== 'string' || content === '') return token.fail('content', 'a text');
  if (!isId(id)) return token.fail('id', `an id from 0 to ${MOST_IDS - 1}`);
  return { id, content };
}

function checkAdded(fields: Fields, names: ReadonlyMap<number, string>): void {
  const added = fields.get('added_tokens');
  if (!Array.isArray(added)) fields.fail('added_tokens', 'an array of tokens');
  const known = new Map(names);
  for (const i of added.keys()) {
    const token = fields.objectAt('added_tokens', i);
    const { id, content } = addedToken(token);
    const other = known.get(id);
    if (other !== undefined && other !== content) {
      token.failAt(['id'], `an id of its own (${showValue(other)} has it)`, id);
    }
    known.set(id, content);
  }
}

/** Calls `visit` with every object of a value that has a type, and its path. */
function steps(
  value: unknown,
  path: string,
  visit: (type: string, step: object, path: string) => void,
): void {
  if (Array.isArray(value)) {
    for (const [i, inner] of value.entries()) steps(inner, joinPath(path, i), visit);
  }
  if (!isRecord(value)) return;
  if (typeof value.type === 'string') visit(value.type, value, path);
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null) steps(inner, joinPath(path, name), visit);
  }
}

function checkSplits(fields: Fields): void {
  steps(fields.get('pre_tokenizer'), 'pre_tokenizer', (type, step, path) => {
    const behavior = 'behavior' in step ? step.behavior : undefined;
    if (type === 'Split' && typeof behavior === 'string' && NOT_FOLLOWED.includes(behavior)) {
      fields.failWith(
        `${joinPath(path, 'behavior')}: expected Isolated or Removed, found ${behavior}, which is not supported`,
      );
    }
  });
}

/**
 * Reads and checks a tokenizer.json.
 * @param source how messages name it
 * @throws InputError naming the place: for damaged JSON, a model other than BPE, a model without vocabulary or merges, ids that are none
 *   or are given twice, merges of unknown tokens, dropout, and splits that the library does not follow
 */
export function checkedFile(text: string, source: string): CheckedFile {
  const value = parseJson(text, source);
  const fields = new Fields(value, source, '');
  const model = fields.object('model');
  // Old files leave the type out.
  if ((model.get('type') ?? 'BPE') !== 'BPE')
    model.fail('type', '"BPE", as models of the supported families have it');
  const dropout = model.get('dropout') ?? 0;
  if (dropout !== 0) model.fail('dropout', 'none: tokens must not be drawn');
  const names = vocabularyIn(model);
  checkMerges(model);
  checkAdded(fields, names);
  checkSplits(fields);
  const decoders: string[] = [];
  steps(fields.get('decoder'), 'decoder', (type) => decoders.push(type));
  const whole = {
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    ...fields.record,
  };
  return { file: { ...whole, model: { ...model.record, type: 'BPE' } }, decoders };
}
