// Tokenizers as Hugging Face folders have them, run by @huggingface/tokenizers: tokenizer.json, and the chat template beside it.
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { InputError } from '../../base/errors.ts';
import { Fields } from '../../base/fields.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showText, showValue } from '../../base/show.ts';
import { chatOf } from './chat.ts';
import { checkedFile } from './checkedFile.ts';
import { piecesBy } from './pieces.ts';
import type { Tokenizer } from './vocabulary.ts';

/** A file with the name that messages give it. */
export interface NamedText {
  readonly text: string;
  readonly source: string;
}

/** The files of a tokenizer. */
export interface TokenizerFiles {
  /** tokenizer.json */
  readonly tokenizer: NamedText;
  /** tokenizer_config.json, which has the chat template and the special tokens that it uses. */
  readonly config?: NamedText;
  /** chat_template.jinja, where newer folders have the template. */
  readonly template?: NamedText;
}

/** What is used of the library. Its types do not resolve in modules of Node, so that they are said here. */
interface LibraryTokenizer {
  /** Ids are undefined for tokens that the vocabulary does not have. */
  encode(
    text: string,
    options?: { readonly add_special_tokens: boolean },
  ): { readonly ids: number[]; readonly tokens: readonly string[] };
  decode(ids: number[], options: { readonly clean_up_tokenization_spaces: boolean }): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_added_tokens_decoder(): ReadonlyMap<number, { readonly content: string }>;
}

/** The library's tokenizer. @throws InputError with the library's words for what it does not know */
function libraryOf(file: object, source: string): LibraryTokenizer {
  try {
    return new Library(file, {});
  } catch (error) {
    const reason = showText(error instanceof Error ? error.message : String(error));
    throw new InputError(`${source}: expected a tokenizer, found what cannot be used: ${reason}`);
  }
}

/** The tokens that the post-processor puts before a text. */
function beginningOf(library: LibraryTokenizer): readonly number[] {
  const text = 'a';
  const whole = library.encode(text).ids;
  const [first] = library.encode(text, { add_special_tokens: false }).ids;
  return first === undefined ? [] : whole.slice(0, whole.indexOf(first));
}

/**
 * The tokenizer of these files.
 * @throws InputError naming file and place: see `checkedFile`; for steps that the library does not know; for a damaged template
 * @example
 * ```ts
 * import { tokenizerFrom } from 'gradsplit/rollouts';
 * const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] };
 * const text = JSON.stringify({ added_tokens: [], model });
 * const tokenizer = tokenizerFrom({ tokenizer: { text, source: 'tokenizer.json' } });
 * tokenizer.encode('abba'); // → [2, 1, 0]
 * ```
 */
export function tokenizerFrom({ tokenizer, config, template }: TokenizerFiles): Tokenizer {
  const { source } = tokenizer;
  const { file, decoders } = checkedFile(tokenizer.text, source);
  const library = libraryOf(file, source);
  const added = new Set([...library.get_added_tokens_decoder().values()].map(({ content }) => content));
  const texts = piecesBy(decoders, (name) => added.has(name));
  const settings = new Fields(
    config === undefined ? {} : parseJson(config.text, config.source),
    config?.source ?? source,
    '',
  );
  const chat = chatOf(settings, config?.source ?? source, template);
  const nameOf = (id: number): string | undefined => library.id_to_token(id);
  return {
    source,
    beginning: beginningOf(library),
    nameOf,
    idOf: (name) => library.token_to_id(name),
    encode: (text) => {
      const { ids, tokens } = library.encode(text, { add_special_tokens: false });
      const unknown = ids.findIndex((id: number | undefined) => id === undefined);
      if (unknown < 0) return ids;
      throw new InputError(`${source}: there is no token for ${showValue(tokens[unknown])}`);
    },
    decode: (ids) =>
      ids.length === 0 ? '' : library.decode([...ids], { clean_up_tokenization_spaces: false }),
    pieces: (ids) => texts(Array.from(ids, (id) => nameOf(id) ?? '')),
    ...(chat === undefined ? {} : { chat }),
  };
}
