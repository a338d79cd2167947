// Small tokenizer.json files in the shapes that GPT-2, Qwen2, Llama 3, Llama 2 and Mistral publish: the same steps, a few hundred tokens.

/** The families whose files are written. */
export type Family = 'gpt2' | 'qwen2' | 'llama3' | 'llama2' | 'mistral';

export const FAMILIES: readonly Family[] = ['gpt2', 'qwen2', 'llama3', 'llama2', 'mistral'];

/** A tokenizer.json as a value, so that tests can spoil it. */
export interface TokenizerFile {
  readonly version: '1.0';
  added_tokens: Record<string, unknown>[];
  normalizer: unknown;
  pre_tokenizer: unknown;
  post_processor: unknown;
  decoder: unknown;
  model: { type: string; vocab: Record<string, number>; merges?: unknown; [name: string]: unknown };
}

const TEXT = `Wait, let me check that again: 12 + 34 = 46, not 45. Wait, the answer is 46. Alternatively, count the tens first.
The first answer was wrong; the second answer is right. I'll stop here. It's done. We've checked the sum again and again.
Überprüfe die Summe noch einmal: 7 + 8 = 15. その答えは正しい。 答えは 15 です。 the the the answer answer check check wait wait`;

const QWEN2_SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const LLAMA3_SPLIT = QWEN2_SPLIT.replace('|\\p{N}|', '|\\p{N}{1,3}|');

/** The characters that stand for the 256 bytes in byte-level BPE, in the order of the bytes. */
const BYTE_CHARACTERS = ((): string[] => {
  const isPrintable = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(isPrintable(b) ? b : next++));
})();

function byteLevel(word: string): string[] {
  return Array.from(new TextEncoder().encode(word), (byte) => BYTE_CHARACTERS[byte]!);
}

/** The most frequent pair, the first of equal ones; undefined where all are rare. */
function nextPair(words: readonly string[][]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (let i = 0; i + 1 < word.length; i++) {
      const key = `${word[i]}\n${word[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const [best, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 1]);
  if (count < 2) return undefined;
  const [left, right] = best.split('\n');
  return [left!, right!];
}

function merged(word: string[], [left, right]: readonly [string, string]): string[] {
  const out: string[] = [];
  for (let i = 0; i < word.length; i++) {
    const isPair = word[i] === left && word[i + 1] === right;
    out.push(isPair ? left + right : word[i]!);
    if (isPair) i++;
  }
  return out;
}

/** Byte-pair encoding of words, learned in at most `most` merges. */
function learned(words: string[][], most: number): [string, string][] {
  const merges: [string, string][] = [];
  while (merges.length < most) {
    const pair = nextPair(words);
    if (pair === undefined) break;
    merges.push(pair);
    for (const [i, word] of words.entries()) words[i] = merged(word, pair);
  }
  return merges;
}

function numbered(tokens: Iterable<string>): Record<string, number> {
  return Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));
}

function special(content: string, id: number): Record<string, unknown> {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}

/** What puts one token before every text. */
function beginWith(token: string, id: number): Record<string, unknown> {
  return {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

const BYTES = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const SPECIALS = {
  gpt2: ['<|endoftext|>'],
  qwen2: ['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
  llama3: ['<|begin_of_text|>', '<|end_of_text|>', '<|eot_id|>'],
} as const;

function byteLevelFile(family: keyof typeof SPECIALS): TokenizerFile {
  const split = family === 'llama3' ? LLAMA3_SPLIT : QWEN2_SPLIT;
  const pieces = TEXT.match(new RegExp(split.replace('(?i:', '(?:'), 'gu'))!;
  const merges = learned(pieces.map(byteLevel), 150);
  const vocab = numbered([...BYTE_CHARACTERS, ...merges.map(([left, right]) => left + right)]);
  const first = Object.keys(vocab).length;
  const names = SPECIALS[family];
  const pattern = { type: 'Split', pattern: { Regex: split }, behavior: 'Isolated', invert: false };
  return {
    version: '1.0',
    added_tokens: names.map((name, i) => special(name, first + i)),
    normalizer: family === 'qwen2' ? { type: 'NFC' } : null,
    pre_tokenizer:
      family === 'gpt2'
        ? { ...BYTES, use_regex: true }
        : { type: 'Sequence', pretokenizers: [pattern, BYTES] },
    post_processor:
      family === 'llama3' ? { type: 'Sequence', processors: [BYTES, beginWith(names[0], first)] } : BYTES,
    decoder: BYTES,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: family === 'llama3' ? null : '',
      end_of_word_suffix: family === 'llama3' ? null : '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: family === 'llama3',
      vocab,
      // Older files write a merge as one text, newer ones as two.
      merges: family === 'gpt2' ? merges.map((pair) => pair.join(' ')) : merges,
    },
  };
}

function sentencePieceFile(family: 'llama2' | 'mistral'): TokenizerFile {
  const words = TEXT.split(/\s+/).map((word) => [...`▁${word}`]);
  const characters = [...new Set(words.flat())];
  const merges = learned(words, 150);
  const bytes = Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
  const names = ['<unk>', '<s>', '</s>'];
  const vocab = numbered([...names, ...bytes, ...merges.map(([a, b]) => a + b), ...characters]);
  return {
    version: '1.0',
    added_tokens: names.map((name, id) => special(name, id)),
    normalizer:
      family === 'mistral'
        ? null
        : {
            type: 'Sequence',
            normalizers: [
              { type: 'Prepend', prepend: '▁' },
              { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
            ],
          },
    pre_tokenizer:
      family === 'llama2'
        ? null
        : { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
    post_processor: beginWith('<s>', 1),
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab,
      merges: merges.map((pair) => pair.join(' ')),
    },
  };
}

/** The file of a family. */
export function tokenizerFile(family: Family): TokenizerFile {
  return family === 'llama2' || family === 'mistral' ? sentencePieceFile(family) : byteLevelFile(family);
}
