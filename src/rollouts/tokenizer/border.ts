// Where a prompt ends and a response begins, when both are given as text: the tokens of the prompt stay what they are without the response.
import type { Tokenizer } from './vocabulary.ts';

/** Ids of a prompt and of the response to it. */
export interface PromptAndResponse {
  readonly prompt: readonly number[];
  readonly response: readonly number[];
}

/** Texts whose tokens do not grow together with what follows them, tried in this order. */
const BEFORE = ['\n', '\u0000', '\u0001'];

function startsWith(ids: readonly number[], start: readonly number[]): boolean {
  return start.length <= ids.length && start.every((id, t) => ids[t] === id);
}

/** The prompt's tokens, with those that stand before every text unless the text begins with them. */
export function promptIds(tokenizer: Tokenizer, prompt: string): readonly number[] {
  const ids = tokenizer.encode(prompt);
  const { beginning } = tokenizer;
  return beginning.length > 0 && startsWith(ids, beginning) ? ids : [...beginning, ...ids];
}

/**
 * The tokens of a response that was drawn after a prompt. A tokenizer that puts a blank before every text must not do so here: then
 * the text is encoded behind another one, whose tokens are taken off. Undefined where no way gives the text.
 */
function responseIds(tokenizer: Tokenizer, prompt: string, response: string): readonly number[] | undefined {
  const before = tokenizer.encode(prompt);
  const whole = tokenizer.encode(prompt + response);
  if (startsWith(whole, before)) return whole.slice(before.length);
  const isWhole = (ids: readonly number[]): boolean =>
    tokenizer.pieces([...before, ...ids]).join('') === tokenizer.pieces(whole).join('');
  const alone = tokenizer.encode(response);
  if (isWhole(alone)) return alone;
  for (const text of BEFORE) {
    const start = tokenizer.encode(text);
    const behind = tokenizer.encode(text + response);
    if (!startsWith(behind, start)) continue;
    const ids = behind.slice(start.length);
    if (isWhole(ids)) return ids;
  }
  return undefined;
}

/**
 * The tokens of a prompt and of the response to it: the response begins with a token of its own, as when it was drawn.
 * @returns undefined if no tokens of the response give its text behind the prompt
 * @throws InputError if a character has no token
 */
export function promptAndResponse(
  tokenizer: Tokenizer,
  prompt: string,
  response: string,
): PromptAndResponse | undefined {
  const ids = responseIds(tokenizer, prompt, response);
  return ids === undefined ? undefined : { prompt: promptIds(tokenizer, prompt), response: ids };
}
