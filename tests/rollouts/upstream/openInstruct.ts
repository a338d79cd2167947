// open-instruct's RolloutRecord, a line a sample.
import { lines } from './python.ts';
import { ofResponse, type Truth } from './truth.ts';

/** The records; prompt_idx counts prompts within a step. */
export function openInstructRecords(truths: readonly Truth[]): Record<string, unknown>[] {
  const groups = [...new Set(truths.map(({ group }) => group))];
  return truths.map((t, i) => ({
    step: t.step,
    sample_idx: i,
    prompt_idx: groups.indexOf(t.group),
    prompt_tokens: Array.from(t.ids).slice(0, t.prompt),
    response_tokens: ofResponse(t, t.ids),
    reward: t.reward,
    advantage: t.advantage,
    finish_reason: t.truncated ? 'length' : 'stop',
    dataset: 'gsm8k',
    ground_truth: [1, 2, 3],
    request_info: null,
    logprobs: ofResponse(t, t.samplerLogProbs),
  }));
}

/** The file. */
export function openInstructText(truths: readonly Truth[]): string {
  return lines(openInstructRecords(truths));
}
