// The report of `prove`: its headline is the verdict of the document.
import { expect, test } from 'vitest';
import type { ProveDocument } from '../../src/documents/prove.ts';
import { proveHtml } from '../../src/report/proveHtml.ts';

const empty: ProveDocument = {
  schema: 'gradsplit/prove@1',
  shape: { attempts: 1, length: 1, vocabulary: 2 },
  field: 'GF(2^61-1)',
  points: 1,
  claims: [],
};

test.each([
  ['proved', 'class="banner"', '<b>✓ proved</b>'],
  ['refuted', 'class="banner failing"', '<b>✗ refuted</b>'],
  ['outside', 'class="banner"', '<b>– outside the class</b>'],
] as const)('a document that is %s says so', (verdict, banner, headline) => {
  const page = proveHtml({ ...empty, verdict });
  expect(page).toContain(banner);
  expect(page).toContain(headline);
});
