// The branches of a trace of verifiers: paths from a root to a leaf of its messages, each with the tokens that it adds.
// Source: verifiers v1/graph.py, v1/trace.py; which tokens are trained: prime-rl orchestrator/trajectories.py, iter_trainable_branches.
import { Fields, isRecord } from '../../base/fields.ts';

/** The most tokens and characters of all branches of a trace together: they are in memory at once. */
const MOST_IN_BRANCHES = 2 ** 26;

/** A node: one message. */
export interface TraceNode {
  readonly fields: Fields;
  readonly parent: number | undefined;
  /** Whether the model drew it. */
  readonly sampled: boolean;
  readonly text: string;
}

/** The text of a message: parts other than text are passed over. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? [part.text] : []))
    .join('\n');
}

/**
 * The nodes of a trace. A parent stands before its children, so that there is no circle.
 * @throws InputError naming the node whose parent is none before it
 */
export function nodesOf(trace: Fields, path: string, source: string): TraceNode[] {
  const given = trace.get('nodes') ?? [];
  if (!Array.isArray(given)) trace.fail('nodes', 'an array of nodes');
  return given.map((value: unknown, i) => {
    const fields = new Fields(value, source, `${path === '' ? '' : `${path}.`}nodes[${i}]`);
    const parent = fields.get('parent') ?? undefined;
    if (parent !== undefined && !(Number.isInteger(parent) && Number(parent) >= 0 && Number(parent) < i)) {
      fields.fail('parent', `the index of a node before ${i}, or null`);
    }
    const message = fields.object('message');
    return {
      fields,
      parent: parent as number | undefined,
      sampled: fields.get('sampled') === true,
      text: contentText(message.get('content')),
    };
  });
}

/** What a branch takes up with each of its nodes: its tokens, its characters and itself. */
function sizeOf({ fields, text }: TraceNode): number {
  const ids = fields.get('token_ids');
  return text.length + 1 + (Array.isArray(ids) ? ids.length : 0);
}

/**
 * A message that many branches share is in each of them, so that a short line may stand for very much.
 * @throws InputError if the branches together are longer than what can be held
 */
function refuseHuge(
  trace: Fields,
  nodes: readonly TraceNode[],
  parents: ReadonlySet<number | undefined>,
): void {
  const upTo = new Float64Array(nodes.length);
  let total = 0;
  for (const [i, node] of nodes.entries()) {
    upTo[i] = sizeOf(node) + (node.parent === undefined ? 0 : upTo[node.parent]!);
    if (!parents.has(i)) total += upTo[i]!;
  }
  if (total <= MOST_IN_BRANCHES) return;
  trace.failWith(
    `expected branches of at most ${MOST_IN_BRANCHES} tokens and characters together, found ${total}`,
  );
}

/**
 * The paths from a root to each leaf, in the order of the leaves: indices of nodes.
 * @throws InputError if they are too long together
 */
export function branchesOf(trace: Fields, nodes: readonly TraceNode[]): number[][] {
  const parents = new Set(nodes.map(({ parent }) => parent));
  refuseHuge(trace, nodes, parents);
  return nodes.flatMap((_, leaf) => {
    if (parents.has(leaf)) return [];
    const path: number[] = [];
    for (let at: number | undefined = leaf; at !== undefined; at = nodes[at]!.parent) path.push(at);
    return [path.reverse()];
  });
}
