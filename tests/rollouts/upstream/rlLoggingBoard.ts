// RL Logging Board: a line a response, with padding left in; numbers by token are one shorter than the tokens.
import { lines } from './python.ts';
import { ofResponse, type Truth } from './truth.ts';

/** The records; `shorter` numbers are missing at the end of each array. */
export function rlLoggingBoardRecords(truths: readonly Truth[], shorter = 1): Record<string, unknown>[] {
  return truths.map((t) => {
    const numbers = (values: Float64Array): number[] =>
      // A number for the first padding token as well, before the end is cut.
      [...ofResponse(t, values), -0.5].slice(0, t.length - t.prompt + 1 - shorter);
    return {
      prompt: t.texts.prompt,
      response: `${t.texts.output}<PAD>`,
      response_tokens: [...ofResponse(t, t.tokens), '<PAD>'],
      logprobs: numbers(t.logProbs),
      ref_logprobs: numbers(t.refLogProbs),
      values: numbers(t.values),
      token_rewards: numbers(t.tokenRewards),
      reward: t.reward,
      step: t.step,
      ref_reward: 0.5,
    };
  });
}

/** The file. */
export function rlLoggingBoardText(truths: readonly Truth[], shorter = 1): string {
  return lines(rlLoggingBoardRecords(truths, shorter));
}
