// UNIPO's canonical schema: one document a run, indented as people keep it.
import { ofResponse, type Truth } from './truth.ts';

/** The document of one step. */
export function unipoDocument(truths: readonly Truth[]): object {
  const groups = [...new Set(truths.map(({ group }) => group))];
  const responses = (group: string): object[] =>
    truths
      .filter((t) => t.group === group)
      .map((t, i) => ({
        id: `step${t.step}_sample${i}`,
        reward: t.reward,
        advantage: t.advantage,
        response_text: t.texts.output,
        response_length: t.length - t.prompt,
        tokens: {
          ids: ofResponse(t, t.ids),
          strings: ofResponse(t, t.tokens),
          log_probs: ofResponse(t, t.logProbs),
          ref_log_probs: ofResponse(t, t.refLogProbs),
          old_log_probs: ofResponse(t, t.oldLogProbs),
          values: ofResponse(t, t.values),
          advantages: ofResponse(t, t.ids).map(() => t.advantage),
          returns: ofResponse(t, t.returns),
          rewards: ofResponse(t, t.tokenRewards),
          token_objective: ofResponse(t, t.ids).map(() => 0),
        },
      }));
  return {
    header: { task: 'math', algorithm: 'grpo', totalSteps: 1, hparams: { clip_eps: 0.2 } },
    entries: [
      { step: 0, metrics: { reward: 0 } },
      {
        step: truths[0]!.step,
        is_first_step_after_rollout_phase: true,
        metrics: { reward: 1 },
        prompts: groups.map((group) => ({
          prompt: truths.find((t) => t.group === group)!.texts.prompt,
          responses: responses(group),
        })),
      },
    ],
  };
}

/** The file. */
export function unipoText(truths: readonly Truth[]): string {
  return `${JSON.stringify(unipoDocument(truths), null, 2)}\n`;
}
