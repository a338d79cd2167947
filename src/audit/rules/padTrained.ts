// Weight on padding.
import { roleRule } from '../roleRule.ts';

/** The rule `pad-trained`. */
export const padTrained = roleRule('pad', {
  code: 'pad-trained',
  severity: 'error',
  sentence: 'The policy is trained on padding.',
  formula: String.raw`\sum_{t\in\text{pad}}\lvert w_t\rvert>0`,
  advice:
    'Multiply the mask of the loss by the attention mask; where the token of padding is that of the end, only the first one is an end.',
  source: 'OpenRLHF#1252, trl#4975',
});
