// A reader for a format of your own: a line has the prompt, the sampled words, and one number for each of them.
import { type RolloutFormat, readRollouts } from 'gradsplit/rollouts';

const PROMPT = 0;
const SAMPLE = 1;

const ownFormat: RolloutFormat = {
  name: 'own',
  title: 'The format of this example',
  writtenBy: 'this example',
  lacks: ['Rewards of single functions.'],
  recognises: (record) => 'question' in record && 'words' in record,
  read(fields, place) {
    const words: unknown = fields.get('words');
    if (!Array.isArray(words)) return fields.fail('words', 'an array of words');
    const logProbs = fields.array('logp', words.length, 'a number for each word').map(Number);
    const tokens = [fields.get('question'), ...words].map(String);
    const length = tokens.length;
    return [
      {
        place,
        length,
        unit: 'tokens',
        tokens,
        roles: new Uint8Array(length).fill(SAMPLE).fill(PROMPT, 0, 1),
        mask: new Uint8Array(length).fill(1).fill(0, 0, 1),
        isMaskLogged: false,
        areRolesLogged: false,
        logProbs: Float64Array.of(Number.NaN, ...logProbs),
        reward: fields.number('score'),
        group: tokens[0]!,
      },
    ];
  },
};
export default ownFormat;

// Run on its own it reads two lines.
if (process.argv[1] === import.meta.filename) {
  const lines = [
    { question: '2+2', words: ['four'], logp: [-0.1], score: 1 },
    { question: '2+2', words: ['five', 'or', 'six'], logp: [-2, -1, -1], score: 0 },
  ];
  const text = new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join('\n'));
  async function* bytes() {
    yield text;
  }
  for await (const { tokens, reward } of readRollouts(bytes(), { source: 'example', formats: [ownFormat] })) {
    console.log(tokens!.join(' '), reward);
  }
}
