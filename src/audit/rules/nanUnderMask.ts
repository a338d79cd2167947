// NaN or −∞ at a masked token: multiplied by a mask of 0 it is still NaN.

import { ROLES } from '../../rollouts/trajectory.ts';
import { badNumbers, nonfiniteWatch } from '../mismatch/nonfinite.ts';
import { LOG_PROBS } from '../mismatch/tokens.ts';
import type { Rule } from '../rule.ts';

const PROMPT = ROLES.indexOf('prompt');

/** `nan-under-mask`. */
export const nanUnderMask: Rule = {
  code: 'nan-under-mask',
  severity: 'warning',
  sentence:
    'A masked token has a log-probability that is NaN or infinite, which leaks into the loss if the mask multiplies.',
  signature:
    'A log-prob of a token with mask 0 after the prompt was written as NaN, or is ±∞; a null is no such number.',
  formula: String.raw`0\cdot\mathrm{NaN}=0\cdot\infty=\mathrm{NaN}`,
  advice: 'Replace the number before it is multiplied by the mask (torch.where, masked_fill), not after.',
  threshold: 'None: a single such number is enough, and rounding makes none.',
  rate: 0,
  source: 'SkyRL#1633; SkyRL#1635; open-instruct#1685; ms-swift#9767; trl#5001',
  needs: [LOG_PROBS, ['mask', 'roles']],
  watch: () =>
    nonfiniteWatch(
      (trajectory) =>
        badNumbers(trajectory, (t) => trajectory.mask[t] === 0 && trajectory.roles[t] !== PROMPT),
      (tokens, field) =>
        `${tokens} masked tokens have a log-prob that is no finite number, the first one in ${field}`,
    ),
};
