// Trajectories in the tokens of a model: ids that the file has, ids of token strings, or ids of texts.
import { InputError } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import { showPlace } from '../read/recordReader.ts';
import type { Trajectory } from '../trajectory.ts';
import { withoutPadding, withPrompt } from '../values/resized.ts';
import { maskOfRoles, ROLE, rolesAfterPrompt } from '../values/roles.ts';
import { promptAndResponse, promptIds } from './border.ts';
import { isTokenizer, type Tokenizer, type Vocabulary } from './vocabulary.ts';

/** How trajectories become tokens. */
export interface TokenOptions {
  /** The model's tokenizer, or the names of its tokens; left out, only trajectories with ids can be taken. */
  readonly vocabulary?: Vocabulary;
  /**
   * Whether prompts are written by the chat template: all of them, a text being what a user says, or none. Left out: those that are
   * conversations.
   */
  readonly chat?: boolean;
  /** Whether padding stays, because the network was given it: episodes of the tasks here have prompts of one length. */
  readonly keepsPadding?: boolean;
  /** How many tokens the model has; any number if left out. */
  readonly size?: number;
}

/** Whether the token at a place is one that the model is given; padding is not. */
type IsUsed = (t: number) => boolean;

/** A trajectory with ids, and the text of each. */
export interface InTokens extends Trajectory {
  /** [T] */
  readonly ids: Int32Array;
  /** [T] the texts of the ids. */
  readonly tokens: readonly string[];
}

function fail({ place }: Trajectory, sentence: string): never {
  throw new InputError(`${showPlace(place)}: ${sentence}`);
}

/** A text without marks for a blank at its beginning, which tokenizers and trainers treat differently. */
function bare(text: string): string {
  return text.replace(/^[ \u0120\u2581]/, '');
}

/** Whether a token string of a file means this token: by its name, or by its text. Parts of characters have no text of their own. */
function means(vocabulary: Vocabulary, id: number, text: string): boolean {
  const name = vocabulary.nameOf(id);
  if (name === undefined || name === text || text.includes('\ufffd') || text === '')
    return name !== undefined;
  if (!isTokenizer(vocabulary)) return false;
  const [piece = ''] = vocabulary.pieces([id]);
  return bare(piece) === bare(text) || piece.includes('\ufffd');
}

/** @throws InputError naming the first token string that does not belong to its id */
function checkStrings(trajectory: Trajectory, ids: Int32Array, vocabulary: Vocabulary, isUsed: IsUsed): void {
  const { tokens } = trajectory;
  if (tokens === undefined) return;
  const wrong = ids.findIndex((id, t) => isUsed(t) && !means(vocabulary, id, tokens[t]!));
  if (wrong < 0) return;
  const id = ids[wrong]!;
  const name = vocabulary.nameOf(id);
  const expected = name === undefined ? 'an id that it has' : showValue(name);
  fail(
    trajectory,
    `tokens[${wrong}]: ${vocabulary.source} expects ${expected} for id ${id}, found ${showValue(tokens[wrong])}`,
  );
}

/** The id of a token by its text. A tokenizer that puts a blank before every text gives those without one behind another token. */
function idOfText(tokenizer: Tokenizer, text: string): number | undefined {
  const ids = tokenizer.encode(text);
  if (ids.length === 1) return ids[0];
  const last = tokenizer.encode(`\n${text}`).at(-1);
  return last !== undefined && tokenizer.pieces([last])[0] === text ? last : undefined;
}

/**
 * The ids of token strings. They are names if all of them are, since a name may look like the text of another token; else texts.
 * @throws InputError naming a string that is neither
 */
function idsOfStrings(
  trajectory: Trajectory,
  tokens: readonly string[],
  vocabulary: Vocabulary,
  isUsed: IsUsed,
): Int32Array {
  const byName = tokens.map((text) => vocabulary.idOf(text));
  const isUnknown = (id: number | undefined, t: number): boolean => id === undefined && isUsed(t);
  const byText =
    byName.some(isUnknown) && isTokenizer(vocabulary)
      ? tokens.map((text) => idOfText(vocabulary, text))
      : byName;
  const unknown = byName.findIndex((id, t) => isUnknown(id ?? byText[t], t));
  const wrong = unknown < 0 ? byText.findIndex(isUnknown) : unknown;
  if (wrong >= 0) {
    const found = showValue(tokens[wrong]);
    fail(trajectory, `tokens[${wrong}]: expected a token of ${vocabulary.source}, found ${found}`);
  }
  return Int32Array.from(byText, (id) => id ?? 0);
}

/** A prompt as the text that the model was given. @throws InputError if there is none, or no chat template where one is needed */
function promptText(trajectory: Trajectory, tokenizer: Tokenizer, chat: boolean | undefined): string {
  const { prompt, promptMessages } = trajectory.texts ?? {};
  const isChat = chat ?? promptMessages !== undefined;
  if (prompt === undefined) fail(trajectory, 'expected a prompt, found none');
  if (!isChat) return prompt;
  if (tokenizer.chat === undefined) {
    fail(
      trajectory,
      `expected a chat template in the folder of ${tokenizer.source}, which the prompt needs, found none`,
    );
  }
  return tokenizer.chat(promptMessages ?? [{ role: 'user', content: prompt }]);
}

function fromTexts(trajectory: Trajectory, { vocabulary, chat }: TokenOptions): InTokens {
  const { texts, roles } = trajectory;
  const output = texts?.output;
  if (vocabulary === undefined || !isTokenizer(vocabulary)) {
    return fail(trajectory, 'expected token ids, or a tokenizer that gives them, found text only');
  }
  if (output === undefined) return fail(trajectory, 'expected the text of the response, found words only');
  if ((texts?.outputParts ?? 1) > 1 || roles.includes(ROLE.tool)) {
    return fail(trajectory, 'expected one text as the response, found several messages; give token ids');
  }
  const prompt = promptText(trajectory, vocabulary, chat);
  const both = promptAndResponse(vocabulary, prompt, output);
  if (both === undefined) {
    return fail(
      trajectory,
      `no tokens of ${vocabulary.source} give the response behind its prompt; give token ids`,
    );
  }
  const ids = Int32Array.from([...both.prompt, ...both.response]);
  const isInResponse = rolesAfterPrompt(ids.length, both.prompt.length);
  return {
    ...trajectory,
    unit: 'tokens',
    length: ids.length,
    ids,
    tokens: vocabulary.pieces(ids),
    roles: isInResponse,
    mask: maskOfRoles(isInResponse),
  };
}

/** Names, or numbers where nobody knows them. */
function namesOf(ids: Int32Array, vocabulary: Vocabulary | undefined): readonly string[] {
  if (vocabulary === undefined) return Array.from(ids, (id) => `⟨${id}⟩`);
  return isTokenizer(vocabulary)
    ? vocabulary.pieces(ids)
    : Array.from(ids, (id) => vocabulary.nameOf(id) ?? '');
}

/** Puts the text of the prompt before a response whose tokens are known. */
function withPromptText(trajectory: InTokens, { vocabulary, chat }: TokenOptions): InTokens {
  const isPrompted = trajectory.length > 0 && trajectory.roles[0] === ROLE.prompt;
  if (isPrompted || trajectory.texts?.prompt === undefined) return trajectory;
  if (vocabulary === undefined || !isTokenizer(vocabulary)) {
    return fail(trajectory, 'expected a tokenizer for the prompt, which is given as text, found none');
  }
  const ids = promptIds(vocabulary, promptText(trajectory, vocabulary, chat));
  return withPrompt(trajectory, ids, vocabulary.pieces(ids));
}

/** Token ids that the file has, or those of its token strings. */
function knownIds(trajectory: Trajectory, { vocabulary, size }: TokenOptions, isUsed: IsUsed): Int32Array {
  const { ids, tokens } = trajectory;
  if (ids !== undefined) {
    const wrong = ids.findIndex((id, t) => isUsed(t) && (id < 0 || id >= (size ?? Number.POSITIVE_INFINITY)));
    if (wrong >= 0) {
      const to = size === undefined ? 'of at least 0' : `from 0 to ${size - 1}, the last one of the model`;
      fail(trajectory, `ids[${wrong}]: expected an id ${to}, found ${ids[wrong]}`);
    }
    if (vocabulary !== undefined) checkStrings(trajectory, ids, vocabulary, isUsed);
    return ids;
  }
  if (tokens === undefined) return fail(trajectory, 'expected tokens or ids, found neither');
  if (vocabulary !== undefined) return idsOfStrings(trajectory, tokens, vocabulary, isUsed);
  return fail(trajectory, 'expected ids, or a tokenizer that gives them, found token strings only');
}

/** @throws InputError for padding between other tokens, which no model was given so */
function refuseInnerPadding(trajectory: Trajectory): void {
  const { roles } = trajectory;
  const isToken = (role: number): boolean => role !== ROLE.pad;
  const first = roles.findIndex(isToken);
  const last = roles.findLastIndex(isToken);
  const inner = roles.findIndex((role, t) => t > first && t < last && role === ROLE.pad);
  if (inner >= 0)
    fail(trajectory, `components[${inner}]: expected padding at the ends only, found it within`);
}

/** @throws InputError for a token that the tokenizer has and the model does not */
function checkSize(trajectory: InTokens, { size, vocabulary }: TokenOptions): InTokens {
  const wrong = trajectory.ids.findIndex((id) => id >= (size ?? Number.POSITIVE_INFINITY));
  if (wrong < 0) return trajectory;
  return fail(
    trajectory,
    `${vocabulary?.source} gives ${showValue(trajectory.tokens[wrong])} the id ${trajectory.ids[wrong]}, and the model has ${size} tokens only`,
  );
}

/**
 * A trajectory in the tokens of a model: its prompt and its response as ids, with the text of each, without padding at its ends.
 *
 * Ids that the file has are taken as they are, and its token strings must belong to them. Token strings alone are looked up by their
 * names or texts. Texts are encoded so that the prompt keeps its own tokens and those of the response follow it. A prompt that is there
 * as text only is put before a response in tokens.
 * @throws InputError naming file and line: without a tokenizer where one is needed; for an id outside the model, a token string that the
 *   tokenizer does not have, or one that belongs to another id, with its place in the line; for a response of several messages
 * @example
 * ```ts
 * import { inTokens, ROLES, vocabularyOf } from 'gradsplit/rollouts';
 * const roles = Uint8Array.from(['prompt', 'sample', 'decision'], (role) => ROLES.findIndex((known) => known === role));
 * const tokens = ['7', '8', 'STOP'];
 * const logged = { isMaskLogged: false, areRolesLogged: true, mask: Uint8Array.of(0, 1, 1), place: { file: 'example', line: 1 } };
 * const found = inTokens({ ...logged, unit: 'tokens', length: 3, tokens, roles }, { vocabulary: vocabularyOf(['STOP', '7', '8'], 'the task') });
 * [...found.ids]; // → [1, 2, 0]
 * ```
 */
export function inTokens(trajectory: Trajectory, options: TokenOptions = {}): InTokens {
  if (trajectory.unit === 'words') return checkSize(fromTexts(trajectory, options), options);
  const { vocabulary, keepsPadding = false } = options;
  if (!keepsPadding) refuseInnerPadding(trajectory);
  const ids = knownIds(trajectory, options, (t) => keepsPadding || trajectory.roles[t] !== ROLE.pad);
  const known = { ...trajectory, ids, tokens: trajectory.tokens ?? namesOf(ids, vocabulary) };
  return checkSize(withPromptText(keepsPadding ? known : withoutPadding(known), options), options);
}
