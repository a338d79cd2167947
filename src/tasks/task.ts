// What a task is: prompts by split, the shape of an attempt, its check, and wrong attempts to learn from.
import { InputError } from '../base/errors.ts';
import { type Members, missingMembers } from '../base/members.ts';
import {
  type Options,
  type OptionTable,
  parseOptions,
  type RawOptions,
  type TableOf,
} from '../base/options.ts';
import type { RandomStream } from '../base/random.ts';
import { PAD, type TokenTable } from './tokens.ts';

/** `id`: what training sees. `ood`: the same question with solutions of a class that training never sees. */
export type Split = 'id' | 'ood';

/** Token ids. */
export type Tokens = readonly number[];

/**
 * How a synthetic wrong attempt is drawn: uniformly from all wrong ones, or as a right one with one token changed.
 */
export type ErrorKind = 'uniform' | 'nearMiss';

/** The kinds of synthetic wrong attempts, the default first. */
export const ERROR_KINDS: readonly [ErrorKind, ErrorKind] = ['uniform', 'nearMiss'];

/** The tokens that may stand at each position. */
export type Legal = readonly Tokens[];

/** A task with its sizes chosen. All its prompts have one length, and all its attempts have one length. */
export interface Task {
  readonly name: string;
  /** What is asked, in one sentence. */
  readonly sentence: string;
  /** What is hard about it, and what OOD means. */
  readonly hard: string;
  readonly options: Options;
  readonly tokens: TokenTable;
  /** [P] tokens that may stand at each position of a prompt. */
  readonly promptLegal: Legal;
  /** [L] tokens that may stand at each position of an attempt. */
  readonly attemptLegal: Legal;
  /** A prompt [P] of a split. */
  prompt(split: Split, random: RandomStream): number[];
  /** A right attempt [L], drawn uniformly from all of them. */
  solution(prompt: Tokens, random: RandomStream): number[];
  /**
   * Whether an attempt is right.
   * @throws InputError if the task knows no answer to the prompt
   */
  check(prompt: Tokens, attempt: Tokens): boolean;
}

/** The text that a task is made from, if it is made from one. */
export interface TaskFile {
  readonly text: string;
  /** How it is called in messages. */
  readonly source: string;
}

/** A kind of task: its options, and a function that makes the task with these options chosen. */
export interface TaskKind {
  /** As in configurations. */
  readonly name: string;
  /** Its options in the order in which they are shown: defaults, what is expected, a sentence each. */
  readonly options: OptionTable;
  /** Whether its questions come from a file of the user's. */
  readonly readsFile: boolean;
  /**
   * The task with these options; what is left out has its default.
   * @throws InputError for an unknown option, one out of range, options that leave a split without prompts, or a bad file
   */
  create(raw?: RawOptions, file?: TaskFile): Task;
}

/** The definition of a kind of task. `O` is inferred from its table of options. */
export interface TaskDefinition<O> {
  readonly name: string;
  readonly options: TableOf<O>;
  /** Left out: false. */
  readonly readsFile?: boolean;
  /** The task with its options chosen; its name and its options stand in it already. */
  create(options: NoInfer<O>, file: TaskFile | undefined): Omit<Task, 'name' | 'options'>;
}

/**
 * A kind of task from its definition. The types of its options are inferred from their table, and `create` is called only with checked options.
 */
export function defineTask<O extends Options>({
  name,
  options: table,
  readsFile = false,
  create,
}: TaskDefinition<O>): TaskKind {
  return {
    name,
    options: table,
    readsFile,
    create(raw = {}, file) {
      const options = parseOptions(name, table, raw);
      return { name, options, ...create(options, file) };
    },
  };
}

const MEMBERS: Members = { name: 'string', options: 'object', create: 'function' };

function isDefinition(value: unknown): value is TaskDefinition<Options> {
  return missingMembers(value, MEMBERS).length === 0;
}

/**
 * The kind of task that a value from outside is, such as what a module exports; a definition will do.
 * @param place where it comes from, for messages
 * @throws InputError naming what it lacks
 */
export function taskFrom(value: unknown, place: string): TaskKind {
  if (isDefinition(value)) return defineTask(value);
  throw new InputError(
    `${place}: expected a kind of task with ${Object.keys(MEMBERS).join(', ')}; it lacks ${missingMembers(value, MEMBERS).join(', ')}`,
  );
}

/** After this many draws without a hit the description of what is drawn is taken to be wrong. */
const MOST_DRAWS = 100_000;

/**
 * The first draw that is accepted.
 * @param what is looked for, for the message
 * @throws InputError after 100 000 draws without one
 */
export function drawUntil<T>(what: string, draw: () => T, accept: (value: T) => boolean): T {
  for (let i = 0; i < MOST_DRAWS; i++) {
    const value = draw();
    if (accept(value)) return value;
  }
  throw new InputError(`no ${what} was found in ${MOST_DRAWS} draws`);
}

/** One of a list, drawn uniformly. */
export function choose<T>(values: readonly T[], random: RandomStream): T {
  return values[random.integer(values.length)]!;
}

/**
 * A wrong attempt [L] for a prompt: legal tokens drawn uniformly, or a right attempt with one token changed, until the attempt is wrong.
 * @throws InputError if every draw is right
 * @example
 * ```ts
 * import { randomStream } from 'gradsplit/random';
 * import { addition, parsePrompt, wrongAttempt } from 'gradsplit/tasks';
 * const task = addition.create({ digits: 2 });
 * const prompt = parsePrompt(task, '12+34=');
 * const wrong = wrongAttempt(task, prompt, 'nearMiss', randomStream(1, 'wrong'));
 * task.check(prompt, wrong); // → false
 * ```
 */
export function wrongAttempt(task: Task, prompt: Tokens, kind: ErrorKind, random: RandomStream): number[] {
  const { attemptLegal } = task;
  const draw = (): number[] => {
    if (kind === 'uniform') return attemptLegal.map((legal) => choose(legal, random));
    const attempt = task.solution(prompt, random);
    const at = choose(
      attemptLegal.map((legal, i) => (legal.length > 1 ? i : -1)).filter((i) => i >= 0),
      random,
    );
    attempt[at] = choose(
      attemptLegal[at]!.filter((token) => token !== attempt[at]),
      random,
    );
    return attempt;
  };
  return drawUntil(`wrong attempt for ${task.name}`, draw, (attempt) => !task.check(prompt, attempt));
}

/**
 * The token ids of a prompt given as text. Where a task has prompts of several lengths, a shorter one is padded on its left.
 * @throws InputError naming the character or the length that does not fit
 * @example
 * ```ts
 * import { addition, parsePrompt } from 'gradsplit/tasks';
 * const task = addition.create({ digits: 2 });
 * const prompt = parsePrompt(task, '12+34=');
 * task.tokens.decode(prompt); // → '12+34='
 * ```
 */
export function parsePrompt(task: Task, text: string): number[] {
  const given = task.tokens.encode(text, 'prompt');
  const { promptLegal, tokens } = task;
  const missing = promptLegal.length - given.length;
  const fits = missing >= 0 && promptLegal.slice(0, missing).every((legal) => legal.includes(PAD));
  if (!fits || given.length === 0) {
    throw new InputError(`prompt: expected ${promptLegal.length} characters, found ${given.length}`);
  }
  const ids = [...new Array<number>(missing).fill(PAD), ...given];
  ids.forEach((id, i) => {
    if (promptLegal[i]!.includes(id)) return;
    throw new InputError(
      `prompt: character ${i - missing + 1} must be one of ${tokens.decode(promptLegal[i]!)}, found ${tokens.decode([id])}`,
    );
  });
  return ids;
}
