// A later turn's prompt is not what was said before: reasoning was taken out, or the text was tokenised again.

import { ROLES } from '../../rollouts/trajectory.ts';
import { PrefixHash } from '../mismatch/prefixHash.ts';
import { OpenParts, rolloutSizes } from '../openParts.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');

/** Places of a response at which its beginning can be compared; the last one is its end. */
const CHECKS = 16;

/** What is kept of a turn: the length of its prompt and of longer beginnings, each with the hash. */
interface Turn {
  readonly prompt: number;
  readonly promptHash: number;
  readonly checks: readonly (readonly [length: number, hash: number])[];
  readonly whole: number;
}

/** [n + 1] the hashes of the first 0 … n ids. */
function prefixHashes(ids: Int32Array): Float64Array {
  const hash = new PrefixHash();
  const out = new Float64Array(ids.length + 1);
  out[0] = hash.value;
  for (const [t, id] of ids.entries()) {
    hash.add(id);
    out[t + 1] = hash.value;
  }
  return out;
}

/** The turn that `prompt` tokens begin and that has `hashes`. */
function turnOf(hashes: Float64Array, prompt: number): Turn {
  const whole = hashes.length - 1;
  const checks = Array.from({ length: CHECKS }, (_, k): readonly [number, number] => {
    const length = prompt + Math.ceil(((k + 1) * (whole - prompt)) / CHECKS);
    return [length, hashes[length]!];
  });
  return { prompt, promptHash: hashes[prompt]!, checks, whole };
}

/** `history-edited`. */
export const historyEdited: Rule = {
  code: 'history-edited',
  severity: 'error',
  sentence:
    'The prompt of a later turn does not repeat the turn before it, so that the trainer sees a history that the sampler never saw.',
  signature:
    'Of two lines of one rollout the later prompt begins with the earlier prompt, but does not go on with the tokens that were drawn after it.',
  formula: String.raw`\text{prompt}_{k+1}[0:n_k]\ne\text{prompt}_k\,\Vert\,\text{response}_k,\qquad n_k=|\text{prompt}_k|+|\text{response}_k|`,
  advice:
    'Keep the tokens of earlier turns as they were drawn (no stripped reasoning, no second tokenisation), or train each turn on its own prompt.',
  threshold:
    'None: the tokens are compared one by one through a hash of 53 bits, which two different texts share with a probability of 10⁻¹⁵.',
  rate: 0,
  source: 'prime-rl#1334; SkyRL#2075; verl#5576; verifiers#37',
  needs: ['ids', 'rollout'],
  watch() {
    const spans = new SpanList();
    let rollouts: OpenParts<{ last: Turn | undefined }>;
    let turns = 0;
    let missing = 0;
    return {
      between(summary) {
        rollouts = new OpenParts(summary.rollout, rolloutSizes(summary));
      },
      second({ trajectory, i }) {
        const { ids, roles } = trajectory;
        if (rollouts.sizeAt(i) < 2) return;
        const { kept } = rollouts.see(i, () => ({ last: undefined }));
        if (ids === undefined) return;
        const begin = roles.findIndex((role) => role !== PAD);
        const end = roles.findLastIndex((role) => role !== PAD) + 1;
        if (begin < 0) return;
        const hashes = prefixHashes(ids.subarray(begin, end));
        let prompt = 0;
        while (begin + prompt < end && roles[begin + prompt] === PROMPT) prompt++;
        const before = kept.last;
        kept.last = turnOf(hashes, prompt);
        if (before === undefined || prompt <= before.prompt) return;
        if (hashes[before.prompt] !== before.promptHash) return;
        turns++;
        // What a shorter prompt leaves out at the end is no edit: it goes on from a place inside the earlier turn.
        if (before.checks.every(([length, hash]) => length > prompt || hashes[length] === hash)) return;
        missing += Math.max(0, before.whole - prompt);
        spans.add(trajectory, begin + before.prompt, begin + prompt);
      },
      judge: () =>
        spans.count === 0
          ? []
          : [
              {
                message: `${spans.count} of ${turns} later turns do not repeat the turn before; their prompts lack at least ${missing} tokens of it`,
                evidence: { edited: spans.count, turns, missingTokens: missing },
                threshold: 0,
                spans: spans.spans,
              },
            ],
    };
  },
};
