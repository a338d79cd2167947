// The user's own questions: lines of {"prompt", "answer"}, read character by character. An attempt is right if it equals the answer.
import { InputError } from '../base/errors.ts';
import { parseJson } from '../base/jsonText.ts';
import { randomStream } from '../base/random.ts';
import { showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { heldOutOptions } from './heldOut.ts';
import { sameTokens } from './sums.ts';
import { choose, defineTask, type Split, type TaskKind, type Tokens } from './task.ts';
import { END, PAD, tokenTable } from './tokens.ts';

interface Line {
  readonly prompt: string;
  readonly answer: string;
}

const FIELDS = ['prompt', 'answer'] as const;

function parseLine(text: string, place: string): Line {
  const value = parseJson(text, place);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${place}: expected an object with prompt and answer, found ${showValue(value)}`);
  }
  for (const key of Object.keys(value)) {
    if (FIELDS.some((field) => field === key)) continue;
    throw new InputError(`${place}: unknown field ${showValue(key)}${suggest(key, FIELDS)}`);
  }
  for (const field of FIELDS) {
    const found = (value as Record<string, unknown>)[field];
    if (typeof found === 'string' && found !== '') continue;
    throw new InputError(
      `${place}: ${field} must be a text of at least one character, found ${showValue(found)}`,
    );
  }
  return value as Line;
}

/** Lines by prompt; empty lines are skipped. */
function parseLines(text: string, source: string): Map<string, string> {
  const answers = new Map<string, string>();
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const place = `${source}: line ${i + 1}`;
    const { prompt, answer } = parseLine(line, place);
    const before = answers.get(prompt);
    if (before !== undefined && before !== answer) {
      throw new InputError(`${place}: the prompt ${showValue(prompt)} has another answer further up`);
    }
    answers.set(prompt, answer);
  });
  if (answers.size === 0)
    throw new InputError(`${source}: expected lines with prompt and answer, found none`);
  return answers;
}

function longest(texts: readonly string[]): number {
  return texts.reduce((length, text) => Math.max(length, [...text].length), 0);
}

/**
 * A task from the text of a JSONL file. A prompt is OOD if the first number of the random stream (splitSeed, prompt) is below `heldOut`,
 * whatever the other lines are.
 * `create` throws an InputError for a line that does not fit (naming file and line), a split without prompts, or an option that does not fit
 * @example
 * ```ts
 * import { jsonl, parsePrompt } from 'gradsplit/tasks';
 * const lines = [1, 2, 3, 4, 5, 6].map((n) => JSON.stringify({ prompt: `${n}+1=`, answer: `${n + 1}` }));
 * const task = jsonl.create({ heldOut: 0.5 }, { text: lines.join('\n'), source: 'sums.jsonl' });
 * const prompt = parsePrompt(task, '3+1=');
 * task.check(prompt, task.tokens.encode('4', 'attempt')); // → true
 * task.check(prompt, task.tokens.encode('5', 'attempt')); // → false
 * ```
 */
export const jsonl: TaskKind = defineTask({
  name: 'jsonl',
  options: heldOutOptions,
  readsFile: true,
  create({ heldOut, splitSeed }, file) {
    if (file === undefined) throw new InputError('jsonl: expected the text of a JSONL file, found none');
    const { text, source } = file;
    const answers = parseLines(text, source);
    const prompts = [...answers.keys()];
    const length = longest([...answers.values()]);
    const promptLength = longest(prompts);
    const characters = [...new Set([...answers].flatMap(([p, a]) => [...p, ...a]))].sort();
    const tokens = tokenTable(characters);
    const legal = tokens.encode(characters.join(''), source);
    const splitOf = (prompt: string): Split =>
      randomStream(splitSeed, prompt).uniform() < heldOut ? 'ood' : 'id';
    const bySplit: Record<Split, string[]> = { id: [], ood: [] };
    for (const prompt of prompts) bySplit[splitOf(prompt)].push(prompt);
    for (const split of ['id', 'ood'] as const) {
      if (bySplit[split].length > 0) continue;
      throw new InputError(
        `${source}: of ${prompts.length} prompts none falls into the split ${split} with heldOut ${heldOut} and splitSeed ${splitSeed}`,
      );
    }
    const encodePrompt = (prompt: string): number[] => {
      const ids = tokens.encode(prompt, source);
      return [...new Array<number>(promptLength - ids.length).fill(PAD), ...ids];
    };
    const answerOf = (prompt: Tokens): number[] => {
      const shown = tokens.decode(prompt);
      const answer = answers.get(shown);
      if (answer === undefined) throw new InputError(`${source}: no line has the prompt ${showValue(shown)}`);
      const ids = tokens.encode(answer, source);
      return [...ids, ...new Array<number>(length - ids.length).fill(END)];
    };
    return {
      sentence: `Answer the prompts of ${source}.`,
      hard: 'What the file asks. OOD holds prompts that training never sees, chosen by a hash of the prompt.',
      tokens,
      promptLegal: Array.from({ length: promptLength }, (_, i) =>
        i === promptLength - 1 ? legal : [PAD, ...legal],
      ),
      // The first token of an answer is a character; after that it may end.
      attemptLegal: Array.from({ length }, (_, i) => (i === 0 ? legal : [END, ...legal])),
      prompt: (split, random) => encodePrompt(choose(bySplit[split], random)),
      solution: answerOf,
      check: (prompt, attempt) => sameTokens(attempt, answerOf(prompt)),
    };
  },
});
