// What the report's tests need to know about markup: whether it is balanced, and which tags it has.
// A strict little tokenizer, since parsers of HTML repair what they should complain about.
import { PAGE_SCRIPT } from '../../src/report/page/script.ts';

const VOID = new Set(['meta', 'link', 'br', 'hr', 'img', 'input']);
const TOKEN =
  /<!doctype html>|<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>|[^<]+|<style>[^<]*<\/style>/gy;

/** A tag as it was opened. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The tags of markup in order. Throws where a tag is malformed, left open, or closed without being open. */
export function tagsOf(markup: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  let at = 0;
  TOKEN.lastIndex = 0;
  while (at < markup.length) {
    const match = TOKEN.exec(markup);
    if (match === null) throw new Error(`malformed markup at ${at}: ${markup.slice(at, at + 80)}`);
    at = TOKEN.lastIndex;
    const [text, closing, name, attributes, selfClosing] = match;
    if (name === undefined) {
      // An entity is the only way an ampersand may stand in text.
      if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(text) && !text.startsWith('<')) {
        throw new Error(`a bare ampersand in: ${text.slice(0, 80)}`);
      }
      continue;
    }
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}> at ${at}`);
      continue;
    }
    const pairs = [...attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
      ([, key, value]) => [key!, value!] as const,
    );
    tags.push({ name, attributes: new Map(pairs) });
    if (selfClosing !== '/' && !VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(', ')}`);
  return tags;
}

/** Values of an attribute over all tags. */
export function attributeValues(tags: readonly Tag[], name: string): string[] {
  return tags.flatMap((tag) => (tag.attributes.has(name) ? [tag.attributes.get(name)!] : []));
}

/** The script that a page may have, once, at its end; its policy allows no other. */
const ALLOWED = `<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`;

/** Reasons why markup could load or run something; none where it is inert but for the script of the page. */
export function dangers(page: string): string[] {
  const markup = page.endsWith(ALLOWED) ? `${page.slice(0, -ALLOWED.length)}</body>\n</html>\n` : page;
  const found: string[] = [];
  for (const { name, attributes } of tagsOf(markup)) {
    if (/^(script|iframe|object|embed|img|form|base|foreignObject|use|image)$/i.test(name))
      found.push(`<${name}>`);
    for (const [key, value] of attributes) {
      if (/^on/i.test(key)) found.push(`${name} ${key}`);
      if (/^(href|src|xlink:href|action)$/i.test(key) && !/^(#|data:,$)/.test(value))
        found.push(`${key}=${value}`);
      if (key !== 'xmlns' && /https?:|javascript:|url\(/i.test(value)) found.push(`${key}=${value}`);
    }
  }
  const rest = markup.replaceAll(/ xmlns="[^"]*"/g, '');
  if (/https?:\/\//i.test(rest)) found.push('an address');
  for (const [, url] of rest.matchAll(/url\(([^)]*)/g))
    if (!url!.startsWith('data:')) found.push(`url(${url}`);
  return found;
}

/** Strings that have broken pages: markup, quotes, ends of sections, control characters, and sheer length. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  ']]></style></svg></title><b>',
  '<!-- --> &lt; &amp; &#x3c;',
  'a\u0000b\u001b[31mred\u0007\u202eevil\u2028line',
  '\ud800 lone surrogate',
  '{{7*7}} `x` \\u003cscript\\u003e',
  'x'.repeat(100_000),
  '漢字'.repeat(5_000),
  '__proto__',
  '',
];
