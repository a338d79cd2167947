// Episodes and traces of verifiers v1, as its evaluations and prime-rl's file monitor write them (traces.jsonl).
// A trace is a tree; every branch is a trajectory, and a message that several branches share is trained in the first of them only.
// Source: verifiers v1/episode.py, v1/trace.py; prime-rl monitors/file.py, orchestrator/trajectories.py.
import { Fields, isRecord } from '../../base/fields.ts';
import { showText } from '../../base/show.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { maybe } from '../values/maybe.ts';
import { ROLE } from '../values/roles.ts';
import { sumOf } from '../values/scalars.ts';
import { idArray, TokenArrays } from '../values/tokenArrays.ts';
import { wordsWithRoles } from '../values/words.ts';
import { branchesOf, nodesOf, type TraceNode } from './verifiersTree.ts';

const LIMITS = ['max_turns', 'max_input_tokens', 'max_output_tokens', 'max_total_tokens', 'context_length'];

/** What all branches of a trace share. */
type OfTrace = Partial<Trajectory>;

/** Tokens of a node, with numbers that it has for the sampled ones alone. */
interface NodeTokens {
  readonly ids: Int32Array;
  readonly mask: Uint8Array;
  readonly numbers: Readonly<
    Record<'logprobs' | 'advantages' | 'reference_logprobs', Float64Array | undefined>
  >;
}

/** Numbers of the sampled tokens, NaN on the others. @throws InputError for another number of them */
function spread(fields: Fields, name: string, mask: Uint8Array): Float64Array | undefined {
  const given = fields.get(name) ?? [];
  if (!Array.isArray(given)) fields.fail(name, 'an array of numbers');
  if (given.length === 0) return undefined;
  const sampled = mask.reduce((sum, flag) => sum + flag, 0);
  if (given.length !== sampled)
    fields.failAt([name], `an array of ${sampled}, one entry a sampled token`, given);
  const values = new TokenArrays(fields, sampled, true).numbers([name], given, name);
  let next = 0;
  return Float64Array.from(mask, (flag) => (flag === 1 ? values[next++]! : Number.NaN));
}

function tokensOf({ fields }: TraceNode): NodeTokens {
  const ids = idArray(fields, ['token_ids'], fields.get('token_ids') ?? []);
  const arrays = new TokenArrays(fields, ids.length, true);
  const mask = arrays.flags(['mask'], fields.get('mask') ?? [], 'mask');
  const numbers = {
    logprobs: spread(fields, 'logprobs', mask),
    advantages: spread(fields, 'advantages', mask),
    reference_logprobs: spread(fields, 'reference_logprobs', mask),
  };
  return { ids, mask, numbers };
}

/** Numbers of a branch, [T]; undefined where no node of it has any. */
function joined(
  nodes: readonly NodeTokens[],
  of: (node: NodeTokens) => Float64Array | undefined,
): Float64Array | undefined {
  if (nodes.every((node) => of(node) === undefined)) return undefined;
  return Float64Array.from(
    nodes.flatMap((node) => [...(of(node) ?? new Float64Array(node.ids.length).fill(Number.NaN))]),
  );
}

/** Tokens that were not drawn are prompt before the first drawn one, and tool output or template after it. */
function rolesOf(tokens: readonly NodeTokens[]): Uint8Array {
  let begun = false;
  return Uint8Array.from(
    tokens.flatMap(({ mask }) =>
      Array.from(mask, (flag) => {
        begun ||= flag === 1;
        return flag === 1 ? ROLE.sample : begun ? ROLE.tool : ROLE.prompt;
      }),
    ),
  );
}

function rewardsOf(trace: Fields): OfTrace {
  const given = trace.get('rewards');
  if (!isRecord(given)) return {};
  const scores: Record<string, number> = {};
  const weighted: number[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === null) {
      scores[name] = Number.NaN;
      continue;
    }
    const { score, weight = 1 } = isRecord(value) ? value : { score: value };
    if (typeof score !== 'number') trace.failAt(['rewards', name], 'a score and a weight, or null', value);
    if (typeof weight !== 'number') trace.failAt(['rewards', name, 'weight'], 'a number', weight);
    scores[name] = score;
    weighted.push(score * weight);
  }
  return { reward: sumOf(weighted), rewards: scores };
}

function isTruncated(trace: Fields): boolean | undefined {
  const stop = trace.get('stop_condition');
  if (typeof stop === 'string' && LIMITS.includes(stop)) return true;
  const calls = trace.get('calls');
  if (!Array.isArray(calls)) return undefined;
  const last = calls.findLast((call: unknown) => isRecord(call) && (call.error ?? null) === null);
  return isRecord(last) ? last.finish_reason === 'length' : undefined;
}

function failureOf(trace: Fields): string | undefined {
  const errors = trace.get('errors');
  const last: unknown = Array.isArray(errors) ? errors.at(-1) : undefined;
  if (trace.get('ok') === true || !isRecord(last)) return undefined;
  const part = (name: string): string => {
    const value = Object.hasOwn(last, name) ? last[name] : undefined;
    return typeof value === 'string' ? value : 'unknown';
  };
  return `${part('type')}: ${part('message')}`;
}

function readTrace(
  value: unknown,
  path: string,
  source: string,
  place: Place,
  shared: OfTrace,
): Trajectory[] {
  const trace = new Fields(value, source, path);
  const nodes = nodesOf(trace, path, source);
  const tokens = nodes.map(tokensOf);
  const hasTokens = tokens.some(({ ids }) => ids.length > 0);
  const id = trace.get('id');
  const truncated = isTruncated(trace);
  const failure = failureOf(trace);
  const rest: OfTrace = {
    ...shared,
    ...rewardsOf(trace),
    ...maybe('rollout', typeof id === 'string' ? id : undefined),
    ...maybe('truncated', truncated),
    ...maybe('failure', failure),
  };
  const trained = new Set<number>();
  return branchesOf(trace, nodes).flatMap((branch) => {
    const path_ = branch.map((n) => nodes[n]!);
    const first = path_.findIndex(({ sampled }) => sampled);
    const texts = {
      prompt: path_
        .slice(0, Math.max(first, 0))
        .map(({ text }) => text)
        .join('\n'),
      output: path_
        .slice(Math.max(first, 0))
        .map(({ text }) => text)
        .join('\n'),
    };
    if (!hasTokens) return [wordsOfBranch(path_, { ...rest, texts }, place)];
    const parts = branch.map((n) => tokens[n]!);
    const mask = Uint8Array.from(
      branch.flatMap((n) => {
        const { mask: own } = tokens[n]!;
        if (trained.has(n)) return new Array<number>(own.length).fill(0);
        if (nodes[n]!.sampled && own.includes(1)) trained.add(n);
        return [...own];
      }),
    );
    // As the trainer does: a branch that trains nothing is none, unless it is all there is.
    if (!mask.includes(1) && trained.size > 0) return [];
    const ids = Int32Array.from(parts.flatMap((part) => [...part.ids]));
    const advantage = joined(parts, ({ numbers }) => numbers.advantages);
    return [
      {
        ...rest,
        place,
        length: ids.length,
        unit: 'tokens' as const,
        ids,
        roles: rolesOf(parts),
        mask,
        isMaskLogged: true,
        areRolesLogged: true,
        ...maybe(
          'samplerLogProbs',
          joined(parts, ({ numbers }) => numbers.logprobs),
        ),
        ...maybe(
          'refLogProbs',
          joined(parts, ({ numbers }) => numbers.reference_logprobs),
        ),
        ...maybe('advantage', advantage),
        texts,
      },
    ];
  });
}

/** A branch without tokens: the words of its messages stand in. */
function wordsOfBranch(path: readonly TraceNode[], rest: OfTrace, place: Place): Trajectory {
  let begun = false;
  const parts = path.map(({ text, sampled }) => {
    begun ||= sampled;
    return { text, role: sampled ? ROLE.sample : begun ? ROLE.tool : ROLE.prompt };
  });
  return { ...rest, place, ...wordsWithRoles(parts) };
}

/** @throws InputError for a number that is no step: two steps that no number tells apart would become one */
function stepOf(fields: Fields, step: unknown): number | undefined {
  if (typeof step !== 'number') return undefined;
  if (!Number.isSafeInteger(step) || step < 0)
    fields.failAt(['run', 'work', 'step'], 'an integer of at least 0', step);
  return step;
}

/** What an episode says of all of its traces. */
function ofEpisode(fields: Fields): OfTrace {
  const group = fields.get('group');
  const task = fields.get('task');
  const run = fields.get('run');
  const work = isRecord(run) && isRecord(run.work) ? run.work : undefined;
  const policy = work !== undefined && isRecord(work.policy) ? work.policy : undefined;
  const name = isRecord(group) ? group.id : isRecord(task) ? (task.key ?? task.hash) : undefined;
  return {
    ...maybe('group', typeof name === 'string' ? name : undefined),
    ...maybe('step', stepOf(fields, work?.step)),
    ...(typeof policy?.start === 'number' && typeof policy.end === 'number'
      ? { versions: Float64Array.of(policy.start, policy.end) }
      : {}),
  };
}

function read(fields: Fields, place: Place, source: string): readonly Trajectory[] {
  const shared = ofEpisode(fields);
  const traces = fields.get('traces');
  const found =
    traces === undefined
      ? readTrace(fields.record, '', source, place, shared)
      : Array.isArray(traces)
        ? traces.flatMap((trace, i) => readTrace(trace, `traces[${i}]`, source, place, shared))
        : fields.fail('traces', 'an array of traces');
  return found.length < 2
    ? found
    : found.map((trajectory, entry) => ({ ...trajectory, place: { ...place, entry } }));
}

/** The format. */
export const verifiers: RolloutFormat = {
  name: 'verifiers',
  title: 'verifiers v1: traces.jsonl, also as prime-rl writes it',
  writtenBy: 'verifiers evaluations, and prime-rl by default (rollouts/step_{s}/train/*/traces.jsonl)',
  lacks: [
    'Log-probs of the trainer: those of the sampler only, and those of a reference where one scored.',
    'Texts of tokens; without token ids words between blanks stand in.',
    'Sets of tokens kept by top-p, experts, images: they are not on disk.',
    'The step is that at which the episode was begun.',
  ],
  recognises: (record) =>
    (Array.isArray(record.traces) && Object.hasOwn(record, 'task')) ||
    (Array.isArray(record.nodes) && Object.hasOwn(record, 'agent')),
  read: (fields, place) => read(fields, place, `${showText(place.file)}: line ${place.line}`),
};
