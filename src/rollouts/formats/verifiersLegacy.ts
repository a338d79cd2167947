// Results of evaluations of verifiers before its version 1 (results.jsonl): messages and a reward, a line a rollout.
// Source: verifiers utils/save_utils.py (state_to_output), types.py (RolloutOutput).
import { type Fields, isRecord } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Texts, Trajectory } from '../trajectory.ts';
import { furtherNumbers, groundTruthText } from '../values/columns.ts';
import { maybe } from '../values/maybe.ts';
import { ROLE } from '../values/roles.ts';
import { numbersByName, optionalBoolean, optionalNumber } from '../values/scalars.ts';
import { wordsWithRoles } from '../values/words.ts';
import { contentText } from './verifiersTree.ts';

const NAMED = ['example_id', 'reward', 'is_completed', 'is_truncated'];

/** Messages of these roles are the model's; `text` is what is completed without a chat. */
const DRAWN: readonly unknown[] = ['assistant', 'text'];

/** A message: its text, and whether the model has drawn it. */
interface Message {
  readonly text: string;
  readonly isDrawn: boolean;
  /** From how many texts it was joined. */
  readonly parts: number;
  /** As the file calls it; left out for what is completed without a chat. */
  readonly role?: string;
}

/** What the model has written in a message: its reasoning, its text, and its calls of tools, which are saved as JSON text. */
function textsOf(message: Fields): readonly string[] {
  const calls = message.get('tool_calls');
  const parts: readonly unknown[] = [
    message.get('reasoning_content'),
    contentText(message.get('content')),
    ...(Array.isArray(calls) ? calls : []),
  ];
  return parts.filter((part): part is string => typeof part === 'string' && part !== '');
}

/**
 * The messages of a field; a text is one message, and null, as failed rollouts have it, is none.
 * @throws InputError for anything else, naming the message that is no object
 */
function messagesOf(fields: Fields, name: string): readonly Message[] {
  const given = fields.get(name);
  if (given === null) return [];
  if (typeof given === 'string') return [{ text: given, isDrawn: true, parts: 1 }];
  if (!Array.isArray(given)) fields.fail(name, 'messages, a text or null');
  return given.map((_, i) => {
    const message = fields.objectAt(name, i);
    const role = message.get('role');
    const texts = textsOf(message);
    return {
      text: texts.join('\n'),
      isDrawn: DRAWN.includes(role),
      parts: texts.length,
      ...maybe('role', typeof role === 'string' ? role : undefined),
    };
  });
}

/** A prompt as messages; undefined where it is a text, or a message has no role. */
function chatOf(messages: readonly Message[]): Texts['promptMessages'] {
  const chat = messages.flatMap(({ role, text }) => (role === undefined ? [] : [{ role, content: text }]));
  return chat.length > 0 && chat.length === messages.length ? chat : undefined;
}

/** How many texts there are, if more than one. */
function partsOf(messages: readonly Message[]): number | undefined {
  const parts = messages.reduce((sum, message) => sum + message.parts, 0);
  return parts > 1 ? parts : undefined;
}

/** Examples are numbered within a task. @throws InputError if the example is neither a number nor a text */
function groupOf(fields: Fields): string {
  const id = fields.get('example_id');
  const task = fields.get('task');
  const name = typeof id === 'string' ? id : String(fields.integer('example_id', 0));
  return typeof task === 'string' ? `${task}/${name}` : name;
}

/** What is said of an error: a text, or the chain of its causes. */
function failureOf(fields: Fields): string | undefined {
  const error = fields.get('error') ?? undefined;
  if (error === undefined || typeof error === 'string') return error;
  if (!isRecord(error)) fields.fail('error', 'an error, a text or null');
  const said = [error.error_chain_str, error.error].find((text) => typeof text === 'string');
  return typeof said === 'string' ? said : 'unknown';
}

function read(fields: Fields, place: Place): readonly Trajectory[] {
  const prompt = messagesOf(fields, 'prompt');
  const completion = messagesOf(fields, 'completion');
  const metrics = (fields.get('metrics') ?? undefined) === undefined ? {} : numbersByName(fields, 'metrics');
  const extras = { ...furtherNumbers(fields.record, NAMED), ...metrics };
  const joined = (messages: readonly Message[]): string => messages.map(({ text }) => text).join('\n');
  const groundTruth = groundTruthText(fields, ['answer'], fields.get('answer'));
  return [
    {
      place,
      ...wordsWithRoles([
        ...prompt.map(({ text }) => ({ text, role: ROLE.prompt })),
        ...completion.map(({ text, isDrawn }) => ({ text, role: isDrawn ? ROLE.sample : ROLE.tool })),
      ]),
      ...maybe('reward', optionalNumber(fields, 'reward')),
      ...maybe('extras', Object.keys(extras).length === 0 ? undefined : extras),
      group: groupOf(fields),
      ...maybe('truncated', optionalBoolean(fields, 'is_truncated')),
      ...maybe('failure', failureOf(fields)),
      texts: {
        prompt: joined(prompt),
        ...maybe('promptMessages', chatOf(prompt)),
        output: joined(completion),
        ...maybe('outputParts', partsOf(completion)),
        ...maybe('groundTruth', groundTruth),
      },
    },
  ];
}

/** The format. */
export const verifiersLegacy: RolloutFormat = {
  name: 'verifiers-legacy',
  title: 'verifiers before version 1: results.jsonl of an evaluation',
  writtenBy: 'prime eval run --save-results, vf-eval --save-results',
  lacks: [
    'Tokens, log-probs, advantages and masks: words stand in for tokens.',
    'Which of the metrics are reward functions, and their weights.',
    'Steps: all rollouts of a file are one.',
  ],
  recognises: (record) =>
    ['example_id', 'prompt', 'completion', 'reward'].every((name) => Object.hasOwn(record, name)) &&
    ['metrics', 'is_completed', 'timing'].some((name) => Object.hasOwn(record, name)),
  read,
};
