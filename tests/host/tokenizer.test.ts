// The tokenizer of a folder: which files it needs and which it may have.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { hasTokenizer, openTokenizer } from '../../src/host/tokenizer.ts';
import { tokenizerFile } from '../rollouts/tokenizer/files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradsplit-tokenizer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, value: unknown): void {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
}

test('tokenizer.json is enough; the template comes from the config, or from its own file', () => {
  write('tokenizer.json', tokenizerFile('qwen2'));
  expect(hasTokenizer(folder)).toBe(true);
  expect(openTokenizer(folder).encode('Wait')).toHaveLength(1);
  expect(openTokenizer(folder).chat).toBeUndefined();
  write('tokenizer_config.json', { chat_template: '{{ messages[0].content }}!' });
  expect(openTokenizer(folder).chat!([{ role: 'user', content: 'a' }])).toBe('a!');
  write('chat_template.jinja', '{{ messages[0].content }}?');
  expect(openTokenizer(folder).chat!([{ role: 'user', content: 'a' }])).toBe('a?');
});

test('a folder without tokenizer.json says so, and what it has instead', () => {
  expect(hasTokenizer(folder)).toBe(false);
  expect(() => openTokenizer(folder)).toThrow(
    new InputError(`${folder}: expected a tokenizer.json, found none`),
  );
  write('tokenizer.model', 'x');
  expect(() => openTokenizer(folder)).toThrow(
    `${folder}: expected a tokenizer.json, found tokenizer.model only; AutoTokenizer(…).save_pretrained writes it`,
  );
});

test('of a GPT-2 vocab.json and merges.txt are enough, and give the ids of its tokenizer.json', () => {
  const file = tokenizerFile('gpt2');
  const merges = file.model.merges as readonly string[];
  const end = file.added_tokens[0]!.id;
  write('vocab.json', { ...file.model.vocab, '<|endoftext|>': end });
  write('merges.txt', `#version: 0.2\n${merges.join('\n')}\n`);
  // Another model splits texts otherwise, which these files do not say.
  write('config.json', { model_type: 'qwen2' });
  expect(() => openTokenizer(folder)).toThrow('found vocab.json, merges.txt only');
  write('config.json', { model_type: 'gpt2' });
  const text = "Wait, it's 46 again: 12 + 34.<|endoftext|> Überprüfe";
  const ids = openTokenizer(folder).encode(text);
  expect(ids).toContain(end);
  write('tokenizer.json', file);
  expect(openTokenizer(folder).encode(text)).toEqual(ids);
  rmSync(join(folder, 'tokenizer.json'));
  write('merges.txt', `#version: 0.2\n${merges[0]}\na b c\n`);
  expect(() => openTokenizer(folder)).toThrow(
    `${join(folder, 'merges.txt')}: line 3: expected two tokens with a blank between, found "a b c"`,
  );
  write('merges.txt', '');
  expect(() => openTokenizer(folder)).toThrow('model.merges: expected at least one merge');
});

test('damage is named with its file', () => {
  const { merges: _, ...model } = tokenizerFile('gpt2').model;
  write('tokenizer.json', { ...tokenizerFile('gpt2'), model });
  expect(() => openTokenizer(folder)).toThrow(
    new InputError(`${join(folder, 'tokenizer.json')}: model.merges is missing; expected at least one merge`),
  );
  write('tokenizer.json', tokenizerFile('gpt2'));
  write('tokenizer_config.json', '{');
  expect(() => openTokenizer(folder)).toThrow(`${join(folder, 'tokenizer_config.json')}: not valid JSON`);
  write('tokenizer_config.json', {});
  write('chat_template.jinja', '{% if %}');
  expect(() => openTokenizer(folder)).toThrow(
    `${join(folder, 'chat_template.jinja')}: expected a Jinja template, found an error in it`,
  );
});
