// The tokens of a model by id and by name, and what a tokenizer does beyond: texts as ids, and ids as texts.

/** The tokens of a model. */
export interface Vocabulary {
  /** How messages name it, such as the path of a tokenizer.json. */
  readonly source: string;
  /** The name of a token, such as `ĠWait`; undefined for an id that it does not have. */
  nameOf(id: number): string | undefined;
  /** The id of a token by its name. */
  idOf(name: string): number | undefined;
}

/** One message of a conversation. */
export interface ChatMessage {
  /** Such as `user`. */
  readonly role: string;
  readonly content: string;
}

/** A tokenizer. */
export interface Tokenizer extends Vocabulary {
  /** The tokens that stand before every text that a model is given, such as `<s>`; none for many models. */
  readonly beginning: readonly number[];
  /**
   * The ids of a text, without `beginning`. Special tokens that are written in the text are recognised.
   * @throws InputError if a character has no token
   */
  encode(text: string): number[];
  /** The text of ids as a whole, special tokens by their names. */
  decode(ids: readonly number[]): string;
  /**
   * [n] the texts of ids, which give the whole text when they are joined: a character of several tokens is with the last of them.
   */
  pieces(ids: ArrayLike<number>): string[];
  /**
   * A conversation as the model's chat template writes it, up to where the answer begins; undefined where it has no template.
   * @throws InputError if the template refuses the conversation
   */
  readonly chat?: (messages: readonly ChatMessage[]) => string;
}

/** Whether a vocabulary is a tokenizer. */
export function isTokenizer(vocabulary: Vocabulary): vocabulary is Tokenizer {
  return 'encode' in vocabulary;
}

/**
 * The vocabulary of these names, in the order of their ids; such as `names` of a task's tokens. Of equal names the first counts.
 * @param source how messages name it
 */
export function vocabularyOf(names: readonly string[], source: string): Vocabulary {
  const ids = new Map<string, number>();
  names.forEach((name, id) => {
    if (!ids.has(name)) ids.set(name, id);
  });
  return { source, nameOf: (id) => names[id], idOf: (name) => ids.get(name) };
}
