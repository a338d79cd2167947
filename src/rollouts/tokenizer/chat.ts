// Chat templates: Jinja texts that write a conversation as the text that a model was trained on, rendered by @huggingface/jinja.
import { Template } from '@huggingface/jinja';
import { InputError } from '../../base/errors.ts';
import { type Fields, isRecord } from '../../base/fields.ts';
import { showText } from '../../base/show.ts';
import type { Tokenizer } from './vocabulary.ts';

function reasonOf(error: unknown): string {
  return showText(error instanceof Error ? error.message : String(error));
}

/** The texts of special tokens, such as `bos_token`, which a file has as text or as object. */
function specialTexts({ record }: Fields): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    if (!/^\w+_token$/.test(name)) continue;
    if (typeof value === 'string') texts[name] = value;
    else if (isRecord(value) && typeof value.content === 'string') texts[name] = value.content;
  }
  return texts;
}

/** The template of a tokenizer_config.json: a text, or the one called `default` of a list. */
function templateIn(config: Fields): string | undefined {
  const given = config.get('chat_template') ?? undefined;
  if (given === undefined || typeof given === 'string') return given;
  if (!Array.isArray(given)) config.fail('chat_template', 'a text, or an array of templates with names');
  for (const i of given.keys()) {
    const named = config.objectAt('chat_template', i);
    const template = named.get('template');
    if (named.get('name') !== 'default') continue;
    return typeof template === 'string' ? template : named.fail('template', 'a text');
  }
  return config.fail('chat_template', 'a template called default');
}

/**
 * What writes conversations, up to where the answer begins; undefined where there is no template.
 * @param config the members of tokenizer_config.json
 * @param separate the template in a file of its own, which goes first, with its name
 * @throws InputError if the template is damaged
 */
export function chatOf(
  config: Fields,
  source: string,
  separate?: { readonly text: string; readonly source: string },
): Tokenizer['chat'] {
  const text = separate?.text ?? templateIn(config);
  if (text === undefined) return undefined;
  const name = separate?.source ?? `${source}: chat_template`;
  let template: Template;
  try {
    template = new Template(text);
  } catch (error) {
    throw new InputError(`${name}: expected a Jinja template, found an error in it: ${reasonOf(error)}`);
  }
  const special = specialTexts(config);
  return (messages) => {
    try {
      return template.render({ ...special, messages, add_generation_prompt: true });
    } catch (error) {
      throw new InputError(`${name}: the template refuses the conversation: ${reasonOf(error)}`);
    }
  };
}
