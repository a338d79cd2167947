// What verl writes with trainer.rollout_data_dir or trainer.validation_data_dir: texts and a score, a line an output.
// Sources: verl trainer/ppo/ray_trainer.py (_write_generations, without uid), trainer/ppo/v1/trainer_base.py (with uid).
import type { Fields } from '../../base/fields.ts';
import type { RolloutFormat } from '../format.ts';
import type { Place, Trajectory } from '../trajectory.ts';
import { furtherNumbers, groundTruthText, rightOrWrong } from '../values/columns.ts';
import { digest } from '../values/digest.ts';
import { maybe } from '../values/maybe.ts';
import { optionalInteger, optionalNumber, optionalText, text } from '../values/scalars.ts';
import { wordTokens } from '../values/words.ts';

const NAMED = ['input', 'output', 'gts', 'score', 'step', 'uid', 'request_id'];

/** `uid` is {sample}_{rollout}_{output}: one rollout may have several outputs. */
function namesOf(uid: string | undefined, prompt: string): Pick<Trajectory, 'group' | 'rollout'> {
  const parts = /^(.*)_(\d+)_\d+$/s.exec(uid ?? '');
  if (parts === null) return { group: digest(prompt), ...maybe('rollout', uid) };
  return { group: parts[1]!, rollout: `${parts[1]}_${parts[2]}` };
}

function read(fields: Fields, place: Place): readonly Trajectory[] {
  const prompt = text(fields, 'input');
  const output = text(fields, 'output');
  const { record } = fields;
  return [
    {
      place,
      ...wordTokens(prompt, output),
      ...maybe('reward', optionalNumber(fields, 'score')),
      ...maybe('correct', rightOrWrong(fields.get('acc'))),
      ...maybe('extras', furtherNumbers(record, NAMED)),
      ...namesOf(optionalText(fields, 'uid'), prompt),
      ...maybe('step', optionalInteger(fields, 'step', 0)),
      texts: { prompt, output, ...maybe('groundTruth', groundTruthText(fields, ['gts'], fields.get('gts'))) },
    },
  ];
}

/** The format. */
export const verl: RolloutFormat = {
  name: 'verl',
  title: 'verl: {step}.jsonl of rollouts or of validation',
  writtenBy: 'trainer.rollout_data_dir=DIR, trainer.validation_data_dir=DIR',
  lacks: [
    'Tokens, log-probs, advantages and masks: words stand in for tokens.',
    'Special tokens: whether an output was cut, and what its end token is.',
    'Without uid, the group: outputs of one step with equal input are taken for one.',
  ],
  recognises: (record) =>
    typeof record.input === 'string' && typeof record.output === 'string' && Object.hasOwn(record, 'score'),
  read,
};
