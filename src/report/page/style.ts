// The stylesheet of report pages: one column of quiet text, tables with aligned numbers, cards on a narrow screen.
import { themeCss } from '../theme.ts';
import { mathCss } from './math.ts';
import { RUN_CSS, RUN_NARROW_CSS, RUN_PRINT_CSS } from './runStyle.ts';

const LAYOUT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--gs-page);color:var(--gs-ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
main{max-width:66rem;margin:0 auto;padding:2.5rem 1.5rem 5rem;min-width:0}
.contents ol{list-style:none;margin:0;padding:0}
.contents a{display:flex;gap:.5em;justify-content:space-between;text-decoration:none;color:var(--gs-soft);padding:.2rem 0}
.contents a:hover,.contents a:focus-visible{color:var(--gs-ink);text-decoration:underline}
.contents .sign{font-weight:600;background:none;box-shadow:none}
a{color:inherit;text-decoration-color:var(--gs-soft);text-underline-offset:.2em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--gs-ink);outline-offset:2px}
h1,h2,h3{line-height:1.25;text-wrap:balance;margin:0}
h1{font-size:2.1rem;font-weight:650;letter-spacing:-.015em}
h2{font-size:1.4rem;font-weight:650;letter-spacing:-.01em}
h3{font-size:.95rem;font-weight:650;margin:2rem 0 .5rem}
p{margin:.75rem 0;max-width:44rem;text-wrap:pretty}
.eyebrow{color:var(--gs-soft);margin:0 0 .35rem;font-size:.95rem}
.soft,.note{color:var(--gs-soft)}
.num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.switch{float:right;display:flex;gap:.4em;align-items:center;color:var(--gs-soft);font-size:.85rem;cursor:pointer}
:root:has(.digits:checked) data>span{display:none}
:root:has(.digits:checked) data::after{content:attr(value)}
:root:has(.digits:checked) .num{white-space:normal;overflow-wrap:anywhere;font-size:.8rem}
.verdict{display:inline-block;border-radius:1em;padding:.05em .7em .1em;font-size:.86rem;font-weight:600;white-space:nowrap;line-height:1.5}
.holds{color:var(--gs-holds);background:var(--gs-holdsPaper)}
.fails{color:var(--gs-fails);background:var(--gs-failsPaper)}
.notApplicable{color:var(--gs-soft);box-shadow:inset 0 0 0 1px var(--gs-rule)}
header .banner{border-left:5px solid;padding:.2rem 0 .2rem 1.1rem;color:var(--gs-holds)}
header .banner.failing{color:var(--gs-fails)}
header .banner h1{color:var(--gs-ink)}
header .banner h1 b{font-weight:inherit;color:var(--gs-holds)}
header .banner.failing h1 b{color:var(--gs-fails)}
header .banner p{color:var(--gs-ink);margin:.4rem 0 0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(13.5rem,1fr));gap:1rem 2rem;margin:2rem 0 2.5rem}
.facts dt{color:var(--gs-soft);font-size:.85rem}
.facts dd{margin:0;font-variant-numeric:tabular-nums}
`;

const TABLES = `
.card{background:var(--gs-paper);border:1px solid var(--gs-rule);border-radius:10px;padding:1.75rem 2rem;margin:1.5rem 0}
.card.summary{padding:.5rem 1rem}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.45}
th{font-weight:600;font-size:.82rem;color:var(--gs-soft);text-align:left;vertical-align:bottom}
th.num{text-align:right}
th,td{padding:.55rem .6rem;border-bottom:1px solid var(--gs-rule);vertical-align:top}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
tbody tr:last-child td{border-bottom:0}
.summary th:first-child,.summary td:first-child{padding-left:.4rem}
.evidence td:first-child{min-width:13rem;width:40%}
.name{display:flex;gap:.6em;min-width:9rem}
.name .id{flex:0 0 2em;margin:0}
td:first-child,th[scope=row],.facts dd,h1,h2,p,li,figcaption,.formula code,#fractions code{overflow-wrap:anywhere;min-width:0}
.name a{min-width:0}
sub{font-size:.78em;line-height:0}
.numbers tbody tr:last-child th{border-bottom:0}
.numbers th[scope=row]{color:inherit;font-size:inherit;font-weight:500}
.small{display:block;color:var(--gs-soft);font-size:.82rem;line-height:1.45;margin-top:.1rem}
.gauge{display:block;position:relative;width:6.2rem;height:5px;margin:.28rem 0 .1rem auto;background:var(--gs-rule);border-radius:3px;overflow:hidden;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.gauge i{position:absolute;inset:0 auto 0 0;background:var(--gs-holds)}
.gauge.bad i{background:var(--gs-fails)}
.gauge b{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:var(--gs-ink);box-shadow:0 0 0 1px var(--gs-paper)}
.mark{font-weight:600;white-space:nowrap}
.mark.yes{color:var(--gs-holds)}
.mark.no{color:var(--gs-fails)}
tr.bad td{background:color-mix(in srgb,var(--gs-failsPaper) 55%,transparent)}
`;

const CLAIMS = `
.fold{scroll-margin-top:1rem}
.fold>summary{display:flex;flex-wrap:wrap;gap:.4rem .9rem;align-items:baseline;cursor:pointer;list-style:none}
.fold>summary::-webkit-details-marker{display:none}
.fold>summary::before{content:"▸";color:var(--gs-soft);flex:none;width:.8em}
.fold[open]>summary::before{content:"▾"}
.fold>summary h2{flex:1 1 12rem;min-width:0}
.fold:not([open]){padding:.8rem 1.25rem;margin:.6rem 0}
.fold:not([open])>summary h2{font-size:1.1rem}
@media (scripting:none){.fold:target::details-content{content-visibility:visible}}
@media (scripting:none){.fold:has(:target)::details-content{content-visibility:visible}}
.id{color:var(--gs-soft);font-weight:500;margin-right:.35em}
.statement{font-size:1.05rem}
.formula{display:flex;flex-wrap:wrap;justify-content:center;gap:.2rem 2.2em;margin:.4rem 0}
.formula>div{max-width:100%;overflow-x:auto;overflow-y:hidden;padding:.3rem 0}
.assumptions{margin:.25rem 0 0;padding-left:1.2rem;max-width:44rem}
.assumptions li{margin:.15rem 0}
.figure{margin:2rem 0 0}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1.5rem 2rem;margin:2rem 0}
.panel{margin:0;background:var(--gs-paper);border:1px solid var(--gs-rule);border-radius:10px;padding:1rem 1rem .9rem}
.panel svg{display:block;width:100%;max-width:22rem;height:auto}
.numbers-list{display:grid;gap:.5rem;align-content:start}
.numbers-list>div{display:flex;justify-content:space-between;gap:1rem}
.numbers-list dt{color:var(--gs-soft)}
.numbers-list dd{margin:0;font-variant-numeric:tabular-nums}
.panel figcaption{margin:.4rem 0 0}
.picture,.numbers-box{overflow-x:auto}
.figure{container-type:inline-size}
.hint{height:clamp(0px,calc((var(--gs-width)*1px - 100cqw)*999),1.5em);overflow:hidden;color:var(--gs-soft);font-size:.78rem;line-height:1.5;text-align:right}
.picture svg{display:block;margin:0 auto;max-width:none;height:auto}
figcaption{max-width:40rem;margin:.6rem auto 0;font-size:.88rem;line-height:1.5}
figcaption strong{display:block}
footer{margin-top:2.5rem;color:var(--gs-soft);font-size:.9rem}
footer p{max-width:46rem}
`;

const EXPLANATIONS = `
.claim .why{margin:1.25rem 0;padding:.1rem 0 .1rem 1.1rem;border-left:3px solid var(--gs-rule);scroll-margin-top:1rem}
.claim .why>summary{cursor:pointer;font-weight:600;font-size:.95rem}
.why .lines{margin:.75rem 0;padding-left:1.1rem;font-size:.92em}
.why .lines>div{padding-left:1.5em;text-indent:-1.5em}
.why ul,.why ol{max-width:44rem;padding-left:1.2rem}
.why li{margin:.2rem 0}
.why table{margin:1rem 0;max-width:52rem}
.why th[scope=row]{color:inherit;font-size:inherit;font-weight:500}
.why blockquote{margin:.75rem 0;padding-left:1rem;border-left:3px solid var(--gs-soft);max-width:44rem}
.reason{color:var(--gs-soft);font-size:.85em;margin-left:.35em}
`;

const WIDE = `
@media screen and (min-width:74rem){
.page{display:grid;grid-template-columns:13rem minmax(0,66rem);justify-content:center;gap:0 .5rem}
.page>main{width:100%}
.page>main:only-child{grid-column:1/-1;width:66rem;max-width:100%}
.contents{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:2.75rem 0 2rem 1.25rem;font-size:.85rem;line-height:1.4}
}
@media screen and (max-width:73.99rem){
.contents{display:none}
}
`;

const NARROW = `
@media screen and (max-width:56rem){
main{padding:1.75rem .9rem 3rem}
h1{font-size:1.6rem}
.facts{grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.8rem 1rem}
.card,.card.summary{padding:1.1rem 1rem}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody{display:block}
tr{display:grid;grid-template-columns:1fr 1fr;gap:.35rem 1.25rem;padding:.8rem 0;border-bottom:1px solid var(--gs-rule)}
tbody tr:last-child{border-bottom:0}
tr.bad{background:color-mix(in srgb,var(--gs-failsPaper) 55%,transparent)}
td,th[scope=row]{border:0;padding:0}
td:first-child,th[scope=row]{grid-column:1/-1}
.evidence td:first-child{width:auto;min-width:0}
.summary td:first-child{padding:0}
td[data-label]{display:block;text-align:left;white-space:normal}
td[data-label]::before{content:attr(data-label);display:block;color:var(--gs-soft);font-size:.78rem}
.gauge{margin-left:0}
}
`;

const PRINT = `
@page{margin:9mm}
@media print{
html{font-size:11px}
body{background:none;font-size:8pt;line-height:1.3}
main{max-width:none;padding:0}
h1{font-size:18pt}
h2,.fold:not([open])>summary h2{font-size:10.5pt}
.panels{grid-template-columns:repeat(3,1fr);gap:2mm 4mm;margin:3mm 0}
.panel{padding:1.5mm;break-inside:avoid}
h3{margin:2.5mm 0 1mm;font-size:9pt}
p{margin:1.5mm 0}
.contents,.copy,.switch,.hint{display:none}
.card,.card.summary,.fold:not([open]){border:0;border-radius:0;padding:0;margin:0 0 3mm}
.fold{border-top:1px solid var(--gs-rule)!important;padding-top:2mm!important}
.fold::details-content{content-visibility:visible;block-size:auto}
.fold>summary::before{content:none}
.why:not([open]),.why .command,.why .note,.reason{display:none}
.claim .why{margin:1.5mm 0;padding:0 0 0 2mm}
.why ul,.why ol{max-width:none;margin:1mm 0}
.why .lines{margin:1mm 0}
a{text-decoration:none}
p,.assumptions{max-width:none}
.assumptions{line-height:1.3}
.statement{font-size:8pt}
.formula{margin:0;gap:0 2em}
.formula>div{padding:0;font-size:8pt;overflow:visible}
.facts{grid-template-columns:repeat(4,1fr);gap:.3rem 1rem;margin:2.5mm 0 4mm}
table{font-size:6.5pt;line-height:1.2}
.evidence{font-size:6pt;line-height:1.14}
th,.small{font-size:5.9pt}
th,td{padding:.4mm 1mm}
.fold h3:has(+.evidence){display:none}
.evidence{margin-top:1.5mm}
.evidence .mark span{display:none}
.evidence .mark{font-size:7pt}
sub{line-height:0}
.evidence .small{display:inline;margin-left:.6em}
.gauge{display:none}
.verdict{font-size:.95em}
.claim .evidence,.claim .evidence thead{display:block}
.claim .evidence tbody{display:block;columns:2;column-gap:6mm}
.claim .evidence thead tr{width:calc(50% - 3mm)}
.claim .evidence tr{display:flex;flex-wrap:wrap;column-gap:1.5mm;border-bottom:1px solid var(--gs-rule);padding:.25mm 0}
.claim .evidence tr>*{flex:1 1 0;border:0;padding:0;white-space:normal}
.claim .evidence tr>:first-child{flex-basis:100%;width:100%}
.claim .evidence tr>:last-child{flex:0 0 9mm;text-align:right}
.card>.figure{max-width:62%}
.panel{font-size:7.5pt}
.evidence td:first-child{min-width:0;width:auto}
tr,figure,.formula,.facts>div{break-inside:avoid}
h2,h3,thead,summary{break-after:avoid}
.premises:has(.figure){display:grid;grid-template-columns:1.15fr 1fr;gap:1mm 6mm;align-items:start}
.premises h3{margin-top:0}
.figure{margin:0}
figcaption{margin:1mm 0 0;font-size:7pt;line-height:1.25}
.picture,.numbers-box{overflow:visible}
.picture svg{width:auto;max-width:100%}
.verdict,tr.bad td{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;

/** The whole stylesheet; `mathFont` is passed on to the formulas. */
export function pageCss(mathFont?: string): string {
  return [
    themeCss(':root'),
    LAYOUT,
    TABLES,
    CLAIMS,
    EXPLANATIONS,
    RUN_CSS,
    mathCss(mathFont),
    WIDE,
    NARROW,
    RUN_NARROW_CSS,
    PRINT,
    RUN_PRINT_CSS,
  ].join('');
}
