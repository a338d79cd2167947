// Formulas: TeX to MathML by Temml, which every current browser sets without a script.
import temml from 'temml';
import { Html, html } from '../html.ts';

/** TeX that opens or closes a group, or sets two formulas apart. */
const STRUCTURE = /\\(?:qquad|left|right|begin|end)(?![A-Za-z])|\\.|[{}]/gs;

/** Formulas side by side (`\qquad` between them, outside of any group), so that a narrow page can break there. */
export function splitFormulas(tex: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of tex.matchAll(STRUCTURE)) {
    if (token === '{' || token === '\\left' || token === '\\begin') depth++;
    else if (token === '}' || token === '\\right' || token === '\\end') depth--;
    else if (token === '\\qquad' && depth === 0) {
      parts.push(tex.slice(start, index));
      start = index + token.length;
    }
  }
  parts.push(tex.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function math(tex: string, displayMode = true): Html {
  try {
    return new Html(temml.renderToString(tex, { displayMode, throwOnError: true, trust: false }));
  } catch {
    return html`<code>${tex}</code>`;
  }
}

/** A formula within a line; TeX that Temml cannot read is shown as it is. */
export function inlineFormula(tex: string): Html {
  return math(tex, false);
}

/** A displayed line of formulas; TeX that Temml cannot read is shown as it is. */
export function formula(tex: string): Html {
  const parts = splitFormulas(tex).map((part) => html`<div>${math(part)}</div>`);
  return html`<div class="formula">${parts}</div>`;
}

/** Base64, as a font file passed in must be. */
const BASE64 = /^[A-Za-z0-9+/]+=*$/;

/** Style of formulas; `font` is Temml.woff2 in base64, for script letters and primes. */
export function mathCss(font?: string): string {
  const face =
    font !== undefined && BASE64.test(font)
      ? `@font-face{font-family:Temml;src:url(data:font/woff2;base64,${font}) format("woff2")}`
      : '';
  return `${face}
math{font-family:"Cambria Math","STIX Two Math","STIXTwoMath-Regular","Latin Modern Math","NotoSansMath-Regular","DejaVu Math TeX Gyre",math;font-size:1.08em;line-height:normal}
math *{border-color:currentColor}
math.tml-display{display:block math}
math .mathscr,mo.tml-prime{font-family:Temml,math}
.tml-sml-pad{padding-left:.05em}.tml-med-pad{padding-left:.1em}.tml-lrg-pad{padding-left:.15em}`;
}
