// The files of a tokenizer that GPT-2 has beside, or in the place of, a tokenizer.json: vocab.json and merges.txt.
import { InputError } from '../../base/errors.ts';
import { Fields } from '../../base/fields.ts';
import { parseJson } from '../../base/jsonText.ts';
import { showValue } from '../../base/show.ts';
import type { NamedText } from './tokenizer.ts';

/** What ends a text of GPT-2, and begins it. */
const END = '<|endoftext|>';

const BYTES = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

/** The merges, one a line, as two tokens with a blank between. @throws InputError naming the line */
function mergesIn({ text, source }: NamedText): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.flatMap((line, i) => {
    if (line === '' || (i === 0 && line.startsWith('#version'))) return [];
    if (/^\S+ \S+$/u.test(line)) return [line];
    throw new InputError(
      `${source}: line ${i + 1}: expected two tokens with a blank between, found ${showValue(line)}`,
    );
  });
}

/**
 * The tokenizer.json of these files: byte-level BPE with the pattern of GPT-2.
 * @returns its text, under the name of the vocabulary
 * @throws InputError naming file and place, if one of them is damaged; what they say is checked as that of any tokenizer.json
 */
export function gpt2TokenizerFile(vocabulary: NamedText, merges: NamedText): NamedText {
  const { text, source } = vocabulary;
  const vocab = new Fields(parseJson(text, source), source, '').record;
  const end = vocab[END];
  const added = end === undefined ? [] : [{ id: end, content: END, special: true, normalized: false }];
  const file = {
    added_tokens: added,
    pre_tokenizer: BYTES,
    post_processor: BYTES,
    decoder: BYTES,
    model: { type: 'BPE', vocab, merges: mergesIn(merges) },
  };
  return { text: JSON.stringify(file), source };
}
