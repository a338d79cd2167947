// cispo-cap: the ratio is capped at ε instead of 1 + ε, so that almost every token is capped and the weights are flat.
import { CONTEST_THRESHOLD } from '../alternatives.ts';
import { formContest } from '../formContest.ts';
import { logRatios } from '../ratios.ts';
import { klForm, reweigh, termList } from '../reweigh.ts';
import type { Rule } from '../rule.ts';
import { baseName, optionOf } from '../setting.ts';
import { SpanList } from '../spans.ts';
import { percent, short } from '../words.ts';

/** The rule. */
export const cispoCap: Rule = {
  code: 'cispo-cap',
  severity: 'error',
  sentence:
    'The cap on the ratio is ε itself and not 1 + ε: every token is capped, and the ratio corrects nothing.',
  signature:
    'The logged weights are those of the cap ε, where 1 + ε is declared; a warning where the declared cap acts on more than half of the tokens whose ratio is not 1.',
  formula: String.raw`\operatorname{sg}[\min(r_t,\varepsilon)] = \varepsilon \quad\text{instead of}\quad \operatorname{sg}[\min(r_t,1+\varepsilon)]`,
  advice:
    'Give the cap in the convention of the trainer: TRL takes the cap itself, 5 say, verl and SkyRL what is added to 1.',
  threshold: `For logged weights: ${CONTEST_THRESHOLD} For the declared cap: more than half of the tokens, a count.`,
  rate: 1e-6,
  material:
    'For the declared cap: where it acts on more than half of the tokens whose ratio is not 1, the usual token is trained at the cap and not at its ratio.',
  source: 'trl grpo_trainer.py (loss_type cispo), SkyRL#1928, arXiv 2506.13585',
  needs: ['logProbs', 'oldLogProbs', 'objective'],
  silent: (setting) => (baseName(setting) === 'cispo' ? undefined : 'the objective is not CISPO'),
  watch(setting) {
    const clipHigh = Number(optionOf(setting, 'clipHigh'));
    const cap = 1 + clipHigh;
    const lower = formContest(setting, {
      tried: 1,
      message: `the logged weights are those of a cap of ${short(clipHigh)}, not of ${short(cap)}`,
      form(view) {
        const terms = reweigh(view, setting, { options: { clipHigh: clipHigh - 1 } });
        return terms === undefined ? undefined : klForm(view, setting, termList(terms));
      },
    });
    const places = new SpanList();
    let [ratios, capped] = [0, 0];
    return {
      second(view) {
        lower.second(view);
        const { trajectory } = view;
        for (const [t, x] of (logRatios(trajectory) ?? []).entries()) {
          if (trajectory.mask[t] !== 1 || !Number.isFinite(x) || (x === 0 && cap >= 1)) continue;
          ratios++;
          if (Math.exp(x) < cap) continue;
          capped++;
          places.add(trajectory, t, t + 1);
        }
      },
      judge(summary) {
        const isMost = 2 * capped > ratios;
        const declared = {
          severity: 'warning' as const,
          message: `the declared cap of ${short(cap)} acts on ${percent(capped / ratios)} of the ${ratios} tokens whose ratio is not 1`,
          evidence: { ratios, capped, cap },
          threshold: Math.floor(ratios / 2),
          spans: places.spans,
        };
        return [...lower.judge(summary), ...(isMost ? [declared] : [])];
      },
    };
  },
};
