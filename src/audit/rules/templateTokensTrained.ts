// Weight on tokens of the chat template, which the policy did not write.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';
import type { Rule } from '../rule.ts';
import { FALSE_ALARMS, runBound } from '../significance.ts';
import { SpanList } from '../spans.ts';
import { KeyCounts, keysOf, type TokenKey } from '../tokenKeys.ts';
import { isTrained, isWritten, trainedRuns } from '../trained.ts';

const EOS = ROLES.indexOf('eos');

/** Tokens of a header that are compared at most; no template has a longer one. */
const HEADER = 16;

/** How many tokens at the start of a later run repeat those right before the first run: the header that opened the first turn. */
function repeatedHeader(keys: ArrayLike<TokenKey>, first: number, from: number, to: number): number {
  for (let k = Math.min(HEADER, first, to - from); k > 0; k--) {
    let same = true;
    for (let j = 0; j < k && same; j++) same = keys[first - k + j] === keys[from + j];
    if (same) return k;
  }
  return 0;
}

/** Tokens behind an end that carry weight. */
function behindEnds({ roles, length }: Trajectory, trained: (t: number) => boolean): number[] {
  const out: number[] = [];
  for (let t = 1; t < length; t++) {
    if (roles[t - 1] === EOS && roles[t] !== EOS && isWritten(roles[t]!) && trained(t)) out.push(t);
  }
  return out;
}

/** The rule `template-tokens-trained`. */
export const templateTokensTrained: Rule = {
  code: 'template-tokens-trained',
  severity: 'warning',
  sentence:
    'Tokens that the chat template adds, such as the line break behind an end token or the header of a turn, carry weight.',
  signature:
    'The token behind every end token carries weight and is always the same, or trained turns begin with the header that stands without weight before the first one.',
  formula: String.raw`n>\log_{1/2}10^{-4}`,
  advice:
    'Build the mask from the tokens that the sampler returned, and give 0 to all that the template adds around them.',
  threshold:
    'The null is that these tokens are drawn by the policy, which draws any one of them with probability at most 1/2: n equal ones in a row happen with probability at most 2⁻ⁿ, which must be below 10⁻⁴.',
  rate: 1e-4,
  source: 'SkyRL#710',
  needs: ['tokens', 'roles', ['mask', 'weights']],
  watch: () => {
    const behind = new KeyCounts();
    const afterEnds = new SpanList();
    const headers = new SpanList();
    let [turns, headerTokens] = [0, 0];
    return {
      first: (trajectory) => {
        const keys = keysOf(trajectory);
        if (keys === undefined || !trajectory.areRolesLogged) return;
        const trained = (t: number): boolean => isTrained(trajectory, t);
        for (const t of behindEnds(trajectory, trained)) {
          behind.add(keys[t]!);
          afterEnds.add(trajectory, t, t + 1);
        }
        const [first, ...later] = trainedRuns(trajectory);
        for (const { from, to } of later) {
          turns++;
          const k = repeatedHeader(keys, first!.from, from, to);
          if (k === 0) continue;
          headerTokens += k;
          headers.add(trajectory, from, from + k);
        }
      },
      judge: () => {
        const bound = runBound(1 / 2, FALSE_ALARMS);
        const isNewline = behind.distinct === 1 && behind.total >= bound;
        const isHeader = headers.count === turns && headerTokens >= bound;
        return [
          ...(isNewline
            ? [
                {
                  message: `${behind.total} tokens behind an end token carry weight, and all of them are the same one.`,
                  evidence: { where: 'behind ends', tokens: behind.total },
                  threshold: bound,
                  spans: afterEnds.spans,
                },
              ]
            : []),
          ...(isHeader
            ? [
                {
                  message: `All ${turns} later turns begin with ${Number((headerTokens / turns).toPrecision(3))} tokens that open the first turn, there without weight and here with it.`,
                  evidence: { where: 'headers', turns, tokens: headerTokens },
                  threshold: bound,
                  spans: headers.spans,
                },
              ]
            : []),
        ];
      },
    };
  },
};
