// Weight on what a tool wrote.
import { roleRule } from '../roleRule.ts';

/** The rule `tool-tokens-trained`. */
export const toolTokensTrained = roleRule('tool', {
  code: 'tool-tokens-trained',
  severity: 'error',
  sentence: 'The policy is trained on what a tool or an environment wrote, which it did not choose.',
  formula: String.raw`\sum_{t\in\text{tool}}\lvert w_t\rvert>0`,
  advice: 'Set the mask to 0 on tool tokens, and check it again after the conversation is tokenised anew.',
  source: 'trl#4975',
});
