// The page of `exact`: the shares lead, every number of the result is there, hostile names, and policies without pictures.
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type Fraction, fraction, showFraction } from '../../src/algebra/fraction.ts';
import { exact } from '../../src/analyses/exact.ts';
import { exactFractions } from '../../src/analyses/exactFractions.ts';
import { objectiveWeights, policyTree } from '../../src/analyses/policyPictures.ts';
import { randomOddsPolicy } from '../../src/policy/fractions.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import { type ExactReport, exactHtml } from '../../src/report/exactHtml.ts';
import { verifyHtml } from '../../src/report/verifyHtml.ts';
import { holding } from './fixtures.ts';
import { attributeValues, dangers, HOSTILE, tagsOf } from './markup.ts';

const policy = randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
const result = exact(policy, { beta: 0.1, objective: { name: 'grpo', options: {} } });

const report: ExactReport = {
  source: 'mine.json',
  policy,
  result,
  tree: policyTree(policy),
  weights: objectiveWeights(policy, result.objective!),
  version: '0.1.0',
};
const markup = exactHtml(report);
const { document } = parseHTML(markup);
const textOf = (node: { textContent: string }): string => node.textContent.replace(/\s+/g, ' ').trim();

test('it is inert but for its script; ids are unique; the contents lead to them', () => {
  expect(dangers(markup)).toEqual([]);
  const ids = attributeValues(tagsOf(markup), 'id');
  expect(ids).toEqual(['objective', 'tree', 'numbers', 'reading']);
  const links = attributeValues(tagsOf(markup), 'href').filter((href) => href.startsWith('#'));
  expect(links.map((link) => link.slice(1))).toEqual(ids);
});

test('the shares of this policy lead', () => {
  const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(0)} %`;
  const { varianceSample, varianceDecision, variance } = result.reward;
  expect(textOf(document.querySelector('h1'))).toBe(
    `Sampling accounts for ${share(varianceSample, variance)} of the variance of the reward, deciding for ${share(varianceDecision, variance)}.`,
  );
  expect([share(varianceSample, variance), share(varianceDecision, variance)]).toEqual(['65 %', '35 %']);
  const panels = [...document.querySelectorAll('.panel figcaption')].map(textOf);
  expect(panels[1]).toContain(
    'Sampled tokens hold 90 % of the divergence from the reference, decisions 9.8 %.',
  );
});

test('every number of the result is on the page', () => {
  const values = [...document.querySelectorAll('data')].map((data) => Number(data.getAttribute('value')));
  const { reward, kl, forwardKl, estimators, regularised, objective } = result;
  for (const number of [
    reward.mean,
    reward.variance,
    reward.varianceSample,
    reward.varianceDecision,
    ...Object.values(reward.gradientNorm),
    kl.value,
    kl.sample,
    kl.decision,
    ...Object.values(kl.gradientNorm),
    forwardKl.value,
    estimators.k1.value,
    estimators.k2.value,
    estimators.k3.value,
    regularised.optimum,
    ...Object.values(objective!.gradientNorm),
    ...Object.values(objective!.cosine),
    objective!.scale,
    result.expectedAttempts,
    result.trajectories,
  ]) {
    expect(values).toContain(number);
  }
});

test('the tree and the weights are pictures; without them a sentence says why', () => {
  expect(document.querySelectorAll('#tree svg, #objective svg')).toHaveLength(2);
  const without = parseHTML(exactHtml({ ...report, tree: undefined, weights: undefined })).document;
  expect(without.querySelectorAll('#tree svg, #objective svg')).toHaveLength(0);
  expect(textOf(without.getElementById('tree'))).toContain('A tree of 6 trajectories is too large to draw.');
});

test('without an objective there is no card of it; one that is undefined has dashes', () => {
  const plain = exact(policy, { beta: 0.1 });
  const page = parseHTML(exactHtml({ ...report, result: plain, weights: undefined })).document;
  expect(page.getElementById('objective')).toBeNull();
  const objective = {
    ...result.objective!,
    scale: null,
    cosine: { total: null, sample: null, decision: null },
  };
  const dashes = parseHTML(exactHtml({ ...report, result: { ...result, objective } })).document;
  expect(textOf(dashes.getElementById('objective'))).toContain('cosine with ∇E[R]–––');
});

test('a reward that does not vary and a policy that is its reference are said in words', () => {
  const flat = {
    ...result,
    reward: { ...result.reward, variance: 0, varianceSample: 0, varianceDecision: 0 },
    kl: { ...result.kl, value: 0, sample: 0, decision: 0 },
  };
  const text = textOf(parseHTML(exactHtml({ ...report, result: flat })).document.querySelector('main'));
  expect(text).toContain('The reward of this policy does not vary.');
  expect(text).toContain('The policy is its reference.');
});

test.each(HOSTILE.map((text) => [text.slice(0, 24), text]))('a hostile name %j changes no tag', (_, text) => {
  const objective = { ...result.objective!, name: text, options: { [text]: text } };
  const hostile = exactHtml({ ...report, source: text, result: { ...result, objective }, version: text });
  expect(dangers(hostile)).toEqual([]);
  const names = (m: string): string[] => tagsOf(m).map((tag) => tag.name);
  expect(names(hostile)).toEqual(names(markup));
});

test('in a verification of a policy of one’s own its numbers come before everything that explains', () => {
  const own = { numbers: result, tree: policyTree(policy) };
  const page = parseHTML(verifyHtml(holding(), { own })).document;
  const sections = [...page.querySelectorAll('main > section, main > details')].map(
    (node) => node.getAttribute('aria-label') ?? node.getAttribute('id'),
  );
  expect(sections.slice(0, 3)).toEqual(['How this policy divides', 'tree', 'What this is about']);
  expect(page.querySelectorAll('nav a[href="#tree"]')).toHaveLength(1);
});

test('fractions are on the page: short ones in full, long ones behind a decimal and their digits', () => {
  const odds = randomOddsPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1);
  const fractions = exactFractions(odds, 'mine');
  const pageOf = (mean: Fraction): string =>
    exactHtml({
      ...report,
      policy: odds,
      fractions: { ...fractions, reward: { ...fractions.reward, mean } },
    });
  const cardOf = (mean: Fraction) => parseHTML(pageOf(mean)).document.querySelector('#fractions')!;
  const card = cardOf(fractions.reward.mean);
  const { reward, forwardKl } = fractions;
  const all = [reward.gradient, forwardKl.gradient].flatMap(({ sample, decision }) => [
    ...sample,
    ...decision,
  ]);
  const shown = [...card.querySelectorAll('code')].map(textOf);
  for (const value of [reward.mean, reward.variance, ...all]) expect(shown).toContain(showFraction(value));
  expect(card.querySelector('details')).toBeNull();
  expect(dangers(pageOf(fractions.reward.mean))).toEqual([]);
  // 1/7^400 has 339 digits below the line.
  const long = cardOf(fraction(7n ** 399n + 1n, 7n ** 400n)).querySelector('details')!;
  expect(textOf(long.querySelector('summary')!)).toBe('≈ 0.142857 (338/339 digits)');
  expect(textOf(long.querySelector('code')!)).toBe(`${7n ** 399n + 1n}/${7n ** 400n}`);
  const longest = cardOf(fraction(1n, 7n ** 4000n))
    .querySelector('details')!
    .querySelector('code')!;
  expect(textOf(longest)).toBe('too long for a page; --json has it');
  expect(document.querySelector('#fractions')).toBeNull();
});
