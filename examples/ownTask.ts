// A task of your own: write the digits of a number backwards.
//
//   gradsplit train --preset pick-sum --out runs/backwards --set task.name=./ownTask.js --set task.digits=4
import { numberOption } from 'gradsplit/objectives';
import { randomStream } from 'gradsplit/random';
import { defineTask, parsePrompt, tokenTable } from 'gradsplit/tasks';

const tokens = tokenTable([...'0123456789=']);
const digits = tokens.encode('0123456789', 'digits');
const [equals] = tokens.encode('=', 'equals');

const ownTask = defineTask({
  name: 'backwards',
  options: {
    digits: numberOption(
      3,
      { expected: 'an integer from 2 to 8', holds: (x) => Number.isSafeInteger(x) && x >= 2 && x <= 8 },
      'Digits of the number.',
    ),
  },
  create({ digits: count }) {
    const anyDigits = Array.from({ length: count }, () => digits);
    const backwards = (prompt: readonly number[]): number[] => prompt.slice(0, count).reverse();
    return {
      sentence: `Write ${count} digits backwards.`,
      hard: 'The first digit of the answer is the last one that was read. OOD numbers begin with 9, which none of training does.',
      tokens,
      promptLegal: [...anyDigits, [equals!]],
      attemptLegal: anyDigits,
      prompt: (split, random) => {
        const first = split === 'ood' ? 9 : random.integer(9);
        const rest = Array.from({ length: count - 1 }, () => digits[random.integer(10)]!);
        return [digits[first]!, ...rest, equals!];
      },
      solution: backwards,
      check: (prompt, attempt) => backwards(prompt).join() === attempt.join(),
    };
  },
});
export default ownTask;

if (process.argv[1] === import.meta.filename) {
  const task = ownTask.create({ digits: 4 });
  const prompt = parsePrompt(task, '1234=');
  console.log('solution:', task.tokens.decode(task.solution(prompt, randomStream(1, 'example'))));
  console.log('is right:', task.check(prompt, task.tokens.encode('4321', 'attempt')));
}
