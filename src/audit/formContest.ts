// A rule at work that asks one question: do logged weights follow another closed form than the declared one?
import { Contest, contestEvidence, type Form, type Outcome } from './alternatives.ts';
import { klForm, termList } from './reweigh.ts';
import type { Evidence, Watch } from './rule.ts';
import type { Setting } from './setting.ts';
import type { TokenView } from './tokenView.ts';

/** The question. */
export interface Question {
  /** The other form; undefined where there is none. */
  form(view: TokenView): Form | undefined;
  /** The first half of the message. */
  readonly message: string;
  /** How many alternatives are tried together. */
  readonly tried: number;
  readonly severity?: Evidence['severity'];
  /** A form that some inputs do not tell from the other one but for the factors of trajectories: it wins where its factors spread less. */
  rival?(view: TokenView): Form | undefined;
}

/** The form of the declared weights; undefined where they are not known. */
export function declaredForm(view: TokenView, setting: Setting): Form | undefined {
  return view.terms === undefined ? undefined : klForm(view, setting, termList(view.terms));
}

/** What is found if the other form wins. */
export function found(
  outcome: Outcome,
  { message, severity }: Pick<Question, 'message' | 'severity'>,
): readonly Evidence[] {
  if (!outcome.isAlternative) return [];
  const evidence = contestEvidence(outcome, message);
  return [severity === undefined ? evidence : { ...evidence, severity }];
}

/** Asks the question of every trajectory with logged weights. */
export function formContest(setting: Setting, question: Question): Required<Pick<Watch, 'second' | 'judge'>> {
  const contest = new Contest(question.tried);
  const rivals = new Contest(question.tried);
  return {
    second(view) {
      if (view.trajectory.weights === undefined) return;
      const declared = declaredForm(view, setting);
      const other = declared === undefined ? undefined : question.form(view);
      if (declared === undefined || other === undefined) return;
      contest.add(view, declared, other);
      const rival = question.rival?.(view);
      if (rival !== undefined) rivals.add(view, declared, rival);
    },
    judge() {
      const [own, rival] = [contest.outcome(), rivals.outcome()];
      return rival.isAlternative && rival.factorSpread < own.factorSpread ? [] : found(own, question);
    },
  };
}
