// UNIPO: one document over many lines, or in one.
import { expect, test } from 'vitest';
import { complaint, readText } from '../reading.ts';
import { ofResponse, partition, truth } from '../upstream/truth.ts';
import { unipoDocument, unipoText } from '../upstream/unipo.ts';

const truths = truth(7);

test.each([
  ['indented', unipoText(truths)],
  ['in one line', JSON.stringify(unipoDocument(truths))],
])('what the document tells, %s', (_, text) => {
  const { trajectories, report } = readText(text);
  expect(report.format?.name).toBe('unipo');
  expect(trajectories.map(({ place }) => place.entry)).toEqual(truths.map((_, i) => i));
  for (const [i, t] of trajectories.entries()) {
    const of = truths[i]!;
    const response = (values: Float64Array): Float64Array => Float64Array.from(ofResponse(of, values));
    expect(t).toMatchObject({
      ids: Int32Array.from(ofResponse(of, of.ids)),
      tokens: ofResponse(of, of.tokens),
      logProbs: response(of.logProbs),
      oldLogProbs: response(of.oldLogProbs),
      refLogProbs: response(of.refLogProbs),
      values: response(of.values),
      returns: response(of.returns),
      tokenRewards: response(of.tokenRewards),
      reward: of.reward,
      step: 7,
      texts: { prompt: of.texts.prompt, output: of.texts.output },
    });
    expect(t.advantage).toEqual(new Float64Array(of.length - of.prompt).fill(of.advantage));
  }
  expect(partition(trajectories)).toEqual(partition(truths));
});

test('what is wrong is named with its path', () => {
  const text = unipoText(truths);
  expect(complaint(text.replace('"log_probs": [', '"log_probs": ["x",'))).toContain(
    'entries[1].prompts[0].responses[0].tokens.log_probs[0]: expected a number or null, found "x"',
  );
  expect(complaint(text.replace('"entries"', '"header"'))).toContain('header is given twice');
  expect(complaint(text.slice(0, -10))).toContain('not valid JSON at line');
});

test.each([
  ['shorter', (strings: string[]) => strings.slice(1)],
  ['longer', (strings: string[]) => [...strings, 'more']],
])('texts of tokens that are %s than ids fit the ids, and are listed', (_, change) => {
  const document = JSON.parse(unipoText(truths.slice(0, 1)));
  const { tokens } = document.entries[1].prompts[0].responses[0];
  const { length } = tokens.strings;
  tokens.strings = change(tokens.strings);
  const [found] = readText(JSON.stringify(document)).trajectories;
  expect(found!.tokens).toHaveLength(found!.length);
  expect(found!.tokens!.filter((text) => text === '')).toHaveLength(
    Math.max(0, length - tokens.strings.length),
  );
  expect(found!.mismatch).toEqual([{ field: 'tokens', found: tokens.strings.length }]);
});
