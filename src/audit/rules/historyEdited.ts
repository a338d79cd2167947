// A later turn's prompt is not what was said before: reasoning was taken out, or the text was tokenised again.

import { ROLES } from '../../rollouts/index.ts';
import { PrefixHash } from '../mismatch/prefixHash.ts';
import type { Rule } from '../rule.ts';
import { SpanList } from '../spans.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');

/** What is kept of a turn: how long its prompt and the whole are, and their hashes. */
interface Turn {
  readonly prompt: number;
  readonly promptHash: number;
  readonly whole: number;
  readonly wholeHash: number;
}

/** `history-edited`. */
export const historyEdited: Rule = {
  code: 'history-edited',
  severity: 'error',
  sentence:
    'The prompt of a later turn does not repeat the turn before it, so that the trainer sees a history that the sampler never saw.',
  signature:
    'Of two lines of one rollout the later prompt begins with the earlier prompt, but not with the tokens that were drawn after it.',
  formula: String.raw`\text{prompt}_{k+1}[0:n_k]\ne\text{prompt}_k\,\Vert\,\text{response}_k,\qquad n_k=|\text{prompt}_k|+|\text{response}_k|`,
  advice:
    'Keep the tokens of earlier turns as they were drawn (no stripped reasoning, no second tokenisation), or train each turn on its own prompt.',
  threshold:
    'None: the tokens are compared one by one through a hash of 53 bits, which two different texts share with a probability of 10⁻¹⁵.',
  source: 'prime-rl#1334; SkyRL#2075; verl#5576; verifiers#37',
  needs: ['ids', 'rollout'],
  watch() {
    const spans = new SpanList();
    const last = new Map<string, Turn>();
    let turns = 0;
    let missing = 0;
    return {
      first(trajectory) {
        const { ids, roles, rollout, step } = trajectory;
        if (ids === undefined || rollout === undefined) return;
        const hash = new PrefixHash();
        const end = roles.findLastIndex((role) => role !== PAD) + 1;
        const begin = roles.findIndex((role) => role !== PAD);
        const key = `${step ?? ''} ${rollout}`;
        const before = last.get(key);
        let prompt = begin;
        while (prompt < end && roles[prompt] === PROMPT) prompt++;
        const at = { promptHash: 0, beforePrompt: 0, beforeWhole: 0 };
        for (let t = begin; t <= end; t++) {
          const length = t - begin;
          if (t === prompt) at.promptHash = hash.value;
          if (length === before?.prompt) at.beforePrompt = hash.value;
          if (length === before?.whole) at.beforeWhole = hash.value;
          if (t < end) hash.add(ids[t]!);
        }
        const length = prompt - begin;
        if (before !== undefined && length > before.prompt && at.beforePrompt === before.promptHash) {
          turns++;
          if (length < before.whole || at.beforeWhole !== before.wholeHash) {
            missing += Math.max(0, before.whole - length);
            spans.add(trajectory, begin + before.prompt, Math.max(prompt, begin + before.prompt + 1));
          }
        }
        last.set(key, {
          prompt: length,
          promptHash: at.promptHash,
          whole: end - begin,
          wholeHash: hash.value,
        });
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
