// Opens the tokenizer of a Hugging Face folder: tokenizer.json (of GPT-2 also vocab.json and merges.txt), with tokenizer_config.json and chat_template.jinja where they are there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { parseJson } from '../base/jsonText.ts';
import { showText } from '../base/show.ts';
import { gpt2TokenizerFile, type NamedText, type Tokenizer, tokenizerFrom } from '../rollouts/index.ts';
import { readFileText } from './readFile.ts';

const TOKENIZER = 'tokenizer.json';
/** What folders have that were written before there was a tokenizer.json, or without it. */
const OLDER = ['tokenizer.model', 'vocab.json', 'merges.txt'];

function optional(folder: string, name: string): NamedText | undefined {
  const path = join(folder, name);
  return existsSync(path) ? { text: readFileText(path), source: showText(path) } : undefined;
}

/** Whether the folder is of a GPT-2, whose vocab.json and merges.txt say everything: others split texts otherwise, which no such file says. */
function isGpt2(folder: string): boolean {
  const config = optional(folder, 'config.json');
  const value: unknown = config === undefined ? undefined : parseJson(config.text, config.source);
  return typeof value === 'object' && value !== null && 'model_type' in value && value.model_type === 'gpt2';
}

/** The tokenizer.json of a folder, or what stands for it. */
function tokenizerIn(folder: string): NamedText | undefined {
  const file = optional(folder, TOKENIZER);
  if (file !== undefined || !isGpt2(folder)) return file;
  const [vocabulary, merges] = [optional(folder, 'vocab.json'), optional(folder, 'merges.txt')];
  return vocabulary === undefined || merges === undefined ? undefined : gpt2TokenizerFile(vocabulary, merges);
}

/** Whether a folder has a tokenizer that can be read. */
export function hasTokenizer(folder: string): boolean {
  return tokenizerIn(folder) !== undefined;
}

/**
 * Opens the tokenizer of a folder.
 * @param template a file with another chat template than that of the folder
 * @throws InputError naming file and place if there is no tokenizer.json, nor vocab.json and merges.txt of a GPT-2, or it cannot be used, or a file beside it is damaged
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { openTokenizer } from 'gradsplit/node';
 * const folder = mkdtempSync(join(tmpdir(), 'gradsplit-'));
 * const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] };
 * writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify({ added_tokens: [], model }));
 * openTokenizer(folder).encode('abba'); // → [2, 1, 0]
 * ```
 */
export function openTokenizer(folder: string, template?: string): Tokenizer {
  const tokenizer = tokenizerIn(folder);
  if (tokenizer === undefined) {
    const older = OLDER.filter((name) => existsSync(join(folder, name)));
    const found =
      older.length === 0 ? 'none' : `${older.join(', ')} only; AutoTokenizer(…).save_pretrained writes it`;
    throw new InputError(`${showText(folder)}: expected a ${TOKENIZER}, found ${found}`);
  }
  const config = optional(folder, 'tokenizer_config.json');
  const chat =
    template === undefined
      ? optional(folder, 'chat_template.jinja')
      : { text: readFileText(template), source: showText(template) };
  return tokenizerFrom({
    tokenizer,
    ...(config === undefined ? {} : { config }),
    ...(chat === undefined ? {} : { template: chat }),
  });
}
