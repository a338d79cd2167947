// The responses of anyone's trajectories laid end to end, checked against the model that they are for.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { EpisodeLayout } from '../../episodes/index.ts';
import { COMPONENTS } from '../../policy/component.ts';
import { attemptsOf } from '../../rollouts/labels/attempts.ts';
import type { InTokens } from '../../rollouts/tokenizer/inTokens.ts';
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');
const DECISION = ROLES.indexOf('decision');
const AS_SAMPLE = COMPONENTS.indexOf('sample');
const AS_DECISION = COMPONENTS.indexOf('decision');

/** Trajectories with their responses laid end to end: B of them, N response tokens in all. */
export interface Responses {
  /** [B] in the tokens of the model. */
  readonly trajectories: readonly InTokens[];
  /** [B] how many tokens stand before the response; at least 1. */
  readonly prompts: Int32Array;
  /** [B + 1] the response of trajectory i has the indices offsets[i] … offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** [N] */
  readonly mask: Uint8Array;
  /** [N] the place of the component in COMPONENTS; what is no decision is sampled. */
  readonly component: Uint8Array;
  /** [N] */
  readonly attempt: Int32Array;
  /** The tokens that were legal, for episodes of the tasks here; left out where all were. */
  readonly layout?: EpisodeLayout;
}

/** The model that the responses are for. */
export interface ResponseOptions {
  /** The longest input. */
  readonly context: number;
  /** How episodes of a task here are laid out: then only the legal tokens have a probability. */
  readonly layout?: EpisodeLayout;
}

function fail({ place: { file, line } }: Trajectory, sentence: string): never {
  throw new InputError(`${showText(file)}: line ${line}: ${sentence}`);
}

/** Where the response begins: at the first token that is no prompt, or that takes part in the loss all the same. */
function promptLength(trajectory: Trajectory): number {
  const { roles, mask, length } = trajectory;
  const first = roles.findIndex((role, t) => (role !== PROMPT && role !== PAD) || mask[t] === 1);
  if (first < 0 || length === 0) return fail(trajectory, 'expected a response after the prompt, found none');
  if (first === 0) {
    return fail(
      trajectory,
      'expected a prompt of at least one token before the response, which predicts its first token, found none',
    );
  }
  return first;
}

/** @throws InputError for an episode that is none of this layout */
function checkLegal(
  trajectory: InTokens,
  prompt: number,
  { promptLength: expected, legal }: EpisodeLayout,
): void {
  if (prompt !== expected)
    fail(trajectory, `expected a prompt of ${expected} tokens, found one of ${prompt}`);
  const { ids } = trajectory;
  if (ids.length - prompt > legal.length) {
    fail(
      trajectory,
      `expected a response of at most ${legal.length} tokens, found one of ${ids.length - prompt}`,
    );
  }
  for (let t = prompt; t < ids.length; t++) {
    const allowed = legal[t - prompt]!;
    if (allowed.includes(ids[t]!)) continue;
    fail(
      trajectory,
      `ids[${t}]: expected one of the ${allowed.length} tokens that are legal there, found ${ids[t]}`,
    );
  }
}

/** Lays arrays over tokens end to end, without what stands before each response: [T] each → [N]. */
export function laid<A extends Uint8Array | Int32Array | Float64Array>(
  out: A,
  { prompts, offsets }: Pick<Responses, 'prompts' | 'offsets'>,
  of: (i: number) => ArrayLike<number>,
): A {
  for (let i = 0; i < prompts.length; i++) {
    const values = of(i);
    const [from, to] = [offsets[i]!, offsets[i + 1]!];
    for (let t = from; t < to; t++) out[t] = values[prompts[i]! + t - from]!;
  }
  return out;
}

/**
 * The responses of trajectories: everything from the first token after the prompt on. Output of tools within is part of it, with mask 0.
 * @param trajectories at least one, in the tokens of the model
 * @throws InputError naming file and line: for a trajectory without prompt or response, or longer than the context; for a token that is
 *   not legal; if there is no trajectory, or all tokens of all of them are masked out
 * @example
 * ```ts
 * import { responseMicroBatches, responsesOf } from 'gradsplit/attribution';
 * import { inTokens, readRollouts } from 'gradsplit/rollouts';
 * const file = new TextEncoder().encode('{"ids":[5,6,7],"components":["prompt","sample","decision"],"reward":1}\n');
 * const trajectories = [];
 * for await (const trajectory of readRollouts([file], {})) trajectories.push(inTokens(trajectory, { size: 8 }));
 * const responses = responsesOf(trajectories, { context: 16 });
 * [...responseMicroBatches(responses, 1024)[0]!.batch.targets]; // → [6, 7]
 * ```
 */
export function responsesOf(
  trajectories: readonly InTokens[],
  { context, layout }: ResponseOptions,
): Responses {
  const [first] = trajectories;
  if (first === undefined) throw new InputError('expected rollouts, found none');
  const prompts = Int32Array.from(trajectories, promptLength);
  const offsets = new Int32Array(trajectories.length + 1);
  for (const [i, trajectory] of trajectories.entries()) {
    const inputs = trajectory.length - 1;
    if (inputs > context) {
      const most = `${context + 1} tokens (the context of the model and the last token, which is no input)`;
      fail(trajectory, `expected at most ${most}, found ${trajectory.length}`);
    }
    if (layout !== undefined) checkLegal(trajectory, prompts[i]!, layout);
    offsets[i + 1] = offsets[i]! + trajectory.length - prompts[i]!;
  }
  const at = { prompts, offsets };
  const total = offsets.at(-1)!;
  const mask = laid(new Uint8Array(total), at, (i) => trajectories[i]!.mask);
  if (!mask.includes(1)) {
    throw new InputError(
      `${showText(first.place.file)}: expected tokens that take part in the loss, found all ${total} of the responses masked out`,
    );
  }
  return {
    trajectories,
    ...at,
    mask,
    component: laid(new Uint8Array(total), at, (i) =>
      trajectories[i]!.roles.map((role) => (role === DECISION ? AS_DECISION : AS_SAMPLE)),
    ),
    attempt: laid(new Int32Array(total), at, (i) => attemptsOf(trajectories[i]!)),
    ...(layout === undefined ? {} : { layout }),
  };
}
