// Weight on the prompt.
import { roleRule } from '../roleRule.ts';

/** The rule `prompt-tokens-trained`. */
export const promptTokensTrained = roleRule('prompt', {
  code: 'prompt-tokens-trained',
  severity: 'error',
  sentence: 'The policy is trained on tokens of the prompt, which it did not choose.',
  formula: String.raw`\sum_{t\in\text{prompt}}\lvert w_t\rvert>0`,
  advice: 'Set the mask to 0 on the prompt, the turns of the user in the middle of a conversation included.',
  source: 'OpenRLHF#1252, trl#4975',
  silent: ({ chosen }) =>
    chosen?.objective.imitates === true
      ? 'an objective that imitates may learn the prompt on purpose'
      : undefined,
});
