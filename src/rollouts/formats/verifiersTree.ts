// The branches of a trace of verifiers: paths from a root to a leaf of its messages, each with the tokens that it adds.
// Source: verifiers v1/graph.py, v1/trace.py; which tokens are trained: prime-rl orchestrator/trajectories.py, iter_trainable_branches.
import { Fields, isRecord } from '../../base/fields.ts';

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

/** The paths from a root to each leaf, in the order of the leaves: indices of nodes. */
export function branchesOf(nodes: readonly TraceNode[]): number[][] {
  const parents = new Set(nodes.map(({ parent }) => parent));
  return nodes.flatMap((_, leaf) => {
    if (parents.has(leaf)) return [];
    const path: number[] = [];
    for (let at: number | undefined = leaf; at !== undefined; at = nodes[at]!.parent) path.push(at);
    return [path.reverse()];
  });
}
