// The script of a page: the policy allows it by its hash, and a tokenizer of markup can read it.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { html } from '../../src/report/html.ts';
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH } from '../../src/report/page/script.ts';
import { pageHtml } from '../../src/report/page/shell.ts';
import { dangers } from './markup.ts';

test('its hash is the one that the policy names', () => {
  const digest = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  expect(PAGE_SCRIPT_HASH).toBe(`sha256-${digest}`);
});

test('it ends no element and makes no entity', () => {
  expect(PAGE_SCRIPT).not.toMatch(/[<&]/);
});

test('it reaches no network and stores nothing', () => {
  expect(PAGE_SCRIPT).not.toMatch(
    /fetch|XMLHttp|WebSocket|sendBeacon|import|eval|Storage|cookie|innerHTML|:\/\//,
  );
});

test('a second script on a page is a danger', () => {
  const page = (body: string): string => pageHtml({ title: 't' }, html`${body}`);
  expect(dangers(page('text'))).toEqual([]);
  expect(dangers(page('text').replace('<main>', '<main><script>1</script>'))).toEqual(['<script>']);
  expect(dangers(page('text').replace('(function(){', '(function(){1;'))).toEqual(['<script>']);
});
