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
