// Tokenizers read from tokenizer.json: their ids are those of Hugging Face's Rust library, and what is damaged is named.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { type Tokenizer, tokenizerFrom } from '../../../src/rollouts/index.ts';
// Ids and texts by the Rust library `tokenizers` 0.23.2 for the files that `tokenizerFile` writes.
import expected from './expected.json' with { type: 'json' };
import { FAMILIES, type Family, type TokenizerFile, tokenizerFile } from './files.ts';

function read(file: unknown, config?: unknown, template?: string): Tokenizer {
  return tokenizerFrom({
    tokenizer: { text: JSON.stringify(file), source: 'm/tokenizer.json' },
    ...(config === undefined
      ? {}
      : { config: { text: JSON.stringify(config), source: 'm/tokenizer_config.json' } }),
    ...(template === undefined ? {} : { template: { text: template, source: 'm/chat_template.jinja' } }),
  });
}

/** The message of the InputError that reading a spoilt file ends with. */
function messageOf(spoil: (file: TokenizerFile) => unknown, family: Family = 'gpt2'): string {
  const file = tokenizerFile(family);
  const spoilt = spoil(file) ?? file;
  try {
    read(spoilt);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

describe.each(FAMILIES)('%s', (family) => {
  const tokenizer = read(tokenizerFile(family));
  const rows = expected.families[family].map((row, i) => ({ ...row, text: expected.texts[i]! }));

  test.each(rows)('$text has the ids of the Rust library', ({ text, ids, beginning, decoded }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.beginning).toHaveLength(beginning);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  test.each(rows)('$text: the texts of its tokens give the whole text', ({ ids, decoded }) => {
    // The decoder of SentencePiece takes the blank off that was put before the text.
    const isSentencePiece = family === 'llama2' || family === 'mistral';
    const joined = tokenizer.pieces(ids).join('');
    expect(isSentencePiece ? [decoded, ` ${decoded}`] : [decoded]).toContain(joined);
  });

  test('names and ids are inverse; ids beyond the vocabulary have no name', () => {
    const [id] = tokenizer.encode('Wait');
    expect(tokenizer.idOf(tokenizer.nameOf(id!)!)).toBe(id);
    expect(tokenizer.nameOf(1e6)).toBeUndefined();
    expect(tokenizer.idOf('no such token')).toBeUndefined();
  });
});

test('the tokens before every text are known where the family has one', () => {
  const names = FAMILIES.map((family) => {
    const tokenizer = read(tokenizerFile(family));
    return tokenizer.beginning.map((id) => tokenizer.nameOf(id));
  });
  expect(names).toEqual([[], [], ['<|begin_of_text|>'], ['<s>'], ['<s>']]);
});

test('a character over several tokens is with the last of them, and bytes that are no text are marked', () => {
  const tokenizer = read(tokenizerFile('gpt2'));
  const ids = tokenizer.encode('😀');
  expect(tokenizer.pieces(ids)).toEqual(['', '', '', '😀']);
  expect(tokenizer.pieces(ids.slice(0, 2))).toEqual(['', '\ufffd']);
  expect(tokenizer.pieces([])).toEqual([]);
});

describe('damaged files are refused with their place', () => {
  test.each<[string, (file: TokenizerFile) => unknown, string]>([
    ['no object', () => [], 'm/tokenizer.json: expected an object, found an array of 0'],
    ['no model', ({ model: _, ...rest }) => rest, 'm/tokenizer.json: model is missing; expected an object'],
    [
      'another model',
      ({ model }) => void Object.assign(model, { type: 'WordPiece' }),
      'm/tokenizer.json: model.type: expected "BPE", as models of the supported families have it, found "WordPiece"',
    ],
    [
      'no merges',
      ({ model }) => void delete model.merges,
      'm/tokenizer.json: model.merges is missing; expected at least one merge',
    ],
    [
      'empty merges',
      ({ model }) => void Object.assign(model, { merges: [] }),
      'm/tokenizer.json: model.merges: expected at least one merge, found an array of 0',
    ],
    [
      'a merge of three',
      ({ model }) => void Object.assign(model, { merges: ['a b c'] }),
      'm/tokenizer.json: model.merges[0]: expected two tokens, as "a b" or ["a", "b"], found "a b c"',
    ],
    [
      'a merge of an unknown token',
      ({ model }) => void Object.assign(model, { merges: ['a b', 'a nothing'] }),
      'm/tokenizer.json: model.merges[0]: expected tokens of vocab ("ab" is none), found "a b"',
    ],
    [
      'no vocabulary',
      ({ model }) => void Object.assign(model, { vocab: {} }),
      'm/tokenizer.json: model.vocab: expected at least one token, found an object',
    ],
    [
      'a broken id',
      ({ model }) => void Object.assign(model.vocab, { a: -1 }),
      'm/tokenizer.json: model.vocab.a: expected an id from 0 to 16777215, found -1',
    ],
    [
      'an id that would need all memory',
      ({ model }) => void Object.assign(model.vocab, { new: 4e9 }),
      'm/tokenizer.json: model.vocab.new: expected an id from 0 to 16777215, found 4000000000',
    ],
    [
      'an id twice',
      ({ model }) => void Object.assign(model.vocab, { new: 0 }),
      'm/tokenizer.json: model.vocab.new: expected an id of its own ("Ā" has it), found 0',
    ],
    [
      'dropout',
      ({ model }) => void Object.assign(model, { dropout: 0.1 }),
      'm/tokenizer.json: model.dropout: expected none: tokens must not be drawn, found 0.1',
    ],
    [
      'added tokens that are none',
      (file) => ({ ...file, added_tokens: [{ id: 1 }] }),
      'm/tokenizer.json: added_tokens[0].content is missing; expected a text',
    ],
    [
      'an added token with the id of another',
      (file) => ({ ...file, added_tokens: [{ id: 0, content: '<x>' }] }),
      'm/tokenizer.json: added_tokens[0].id: expected an id of its own',
    ],
    [
      'an unknown step',
      (file) => ({ ...file, pre_tokenizer: { type: 'Novel' } }),
      'm/tokenizer.json: expected a tokenizer, found what cannot be used: Unknown PreTokenizer type: Novel',
    ],
    [
      'a split that is not followed',
      (file) => ({
        ...file,
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ type: 'Split', pattern: { String: ' ' }, behavior: 'Contiguous' }],
        },
      }),
      'm/tokenizer.json: pre_tokenizer.pretokenizers[0].behavior: expected Isolated or Removed, found Contiguous, which is not supported',
    ],
    [
      'a pattern that is none',
      (file) => ({
        ...file,
        pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated', invert: false },
      }),
      'm/tokenizer.json: expected a tokenizer, found what cannot be used: ',
    ],
  ])('%s', (_, spoil, message) => {
    const found = messageOf(spoil);
    expect(found.slice(0, message.length)).toBe(message);
  });

  test('a file that is not JSON', () => {
    expect(() => tokenizerFrom({ tokenizer: { text: '{"model": ', source: 'm/tokenizer.json' } })).toThrow(
      'm/tokenizer.json: not valid JSON at line 1, column 11: expected a value, found the end of the text',
    );
  });

  test('the control: the files as they are written', () => {
    for (const family of FAMILIES) expect(messageOf(() => {}, family)).toBe('');
  });
});

describe('chat templates', () => {
  const qwen =
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}" +
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  const llama =
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}[INST] {{ m.content | trim }} [/INST]{% endfor %}";
  const user = [{ role: 'user', content: ' the sum ' }];

  test('a template writes a conversation up to the answer', () => {
    const tokenizer = read(tokenizerFile('qwen2'), { chat_template: qwen });
    const text = tokenizer.chat!(user);
    expect(text).toBe('<|im_start|>user\n the sum <|im_end|>\n<|im_start|>assistant\n');
    expect(tokenizer.nameOf(tokenizer.encode(text)[0]!)).toBe('<|im_start|>');
  });

  test('special tokens are known to it, as texts and as objects', () => {
    for (const bos of ['<s>', { content: '<s>', special: true }]) {
      const tokenizer = read(tokenizerFile('llama2'), { chat_template: llama, bos_token: bos });
      expect(tokenizer.chat!(user)).toBe('<s>[INST] the sum [/INST]');
    }
  });

  test('a list has one called default; a file of its own goes first', () => {
    const list = [
      { name: 'tool_use', template: 'x' },
      { name: 'default', template: 'y' },
    ];
    expect(read(tokenizerFile('gpt2'), { chat_template: list }).chat!(user)).toBe('y');
    expect(read(tokenizerFile('gpt2'), { chat_template: list }, 'z').chat!(user)).toBe('z');
    expect(read(tokenizerFile('gpt2'), {}).chat).toBeUndefined();
    expect(read(tokenizerFile('gpt2')).chat).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    [
      'a number',
      { chat_template: 1 },
      'm/tokenizer_config.json: chat_template: expected a text, or an array of templates with names, found 1',
    ],
    [
      'a list without default',
      { chat_template: [] },
      'm/tokenizer_config.json: chat_template: expected a template called default, found an array of 0',
    ],
    [
      'an open block',
      { chat_template: '{% if %}' },
      'm/tokenizer_config.json: chat_template: expected a Jinja template, found an error in it: ',
    ],
    ['no object', [], 'm/tokenizer_config.json: expected an object, found an array of 0'],
  ])('refused: %s', (_, config, message) => {
    expect(() => read(tokenizerFile('gpt2'), config)).toThrow(InputError);
    expect(() => read(tokenizerFile('gpt2'), config)).toThrow(message);
  });

  test('what a template raises is an error of the input', () => {
    const { chat } = read(tokenizerFile('llama2'), { chat_template: llama, bos_token: '<s>' });
    expect(() => chat!([{ role: 'system', content: '' }])).toThrow(InputError);
    expect(() => chat!([{ role: 'system', content: '' }])).toThrow(
      'm/tokenizer_config.json: chat_template: the template refuses the conversation: no system role',
    );
  });
});
