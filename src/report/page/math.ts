// Formulas: TeX to MathML by Temml, which every current browser sets without a script.
import temml from 'temml';
import { Html, html } from '../html.ts';

/** A displayed formula; TeX that Temml cannot read is shown as it is. */
export function formula(tex: string): Html {
  try {
    return new Html(temml.renderToString(tex, { displayMode: true, throwOnError: true, trust: false }));
  } catch {
    return html`<code>${tex}</code>`;
  }
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
math.tml-display{display:block math;width:100%}
math .mathscr,mo.tml-prime{font-family:Temml,math}
.tml-sml-pad{padding-left:.05em}.tml-med-pad{padding-left:.1em}.tml-lrg-pad{padding-left:.15em}`;
}
