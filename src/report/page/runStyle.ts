// What pages about training add to the stylesheet: curves side by side, commands to copy, tables of options.

/** Rules for wide screens. */
export const RUN_CSS = `
header .banner.plain{color:var(--gs-soft)}
.card>h2{margin-bottom:.5rem}
.curves .hint{height:clamp(0px,calc((var(--gs-width)*.92px - 100cqw)*999),1.5em)}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:2rem 2.25rem;margin-top:1.25rem}
.curves .figure{margin:0;min-width:0}
.curves .picture svg{width:100%;min-width:calc(var(--gs-width)*.92px);max-width:30rem;margin:0}
.curves figcaption,.measures figcaption{margin-left:0}
.command{position:relative;margin:.75rem 0;padding:.7rem .9rem;background:var(--gs-page);border:1px solid var(--gs-rule);border-radius:6px;font-size:.85rem;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere}
.copy{position:absolute;top:.35rem;right:.35rem;padding:.15rem .6rem;border:1px solid var(--gs-rule);border-radius:4px;background:var(--gs-paper);color:var(--gs-ink);font:inherit;font-size:.78rem;cursor:pointer}
.command:has(.copy){padding-right:5rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
.options th[scope=row]{color:inherit;font-size:inherit;font-weight:500;width:13rem}
.options td.num{width:8rem}
.options tbody tr:last-child th{border-bottom:0}
.supported{color:var(--gs-holds);background:var(--gs-holdsPaper)}
.notSupported{color:var(--gs-fails);background:var(--gs-failsPaper)}
.undecided{color:var(--gs-soft);box-shadow:inset 0 0 0 1px var(--gs-rule)}
.interval{display:block;position:relative;width:9.5rem;height:13px;margin:.25rem 0 .1rem auto;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.interval>*{position:absolute;text-decoration:none}
.interval i{top:4px;height:5px;background:var(--gs-soft);opacity:.5;border-radius:2px;min-width:2px}
.interval b{top:1px;height:11px;width:3px;margin-left:-1.5px;background:var(--gs-ink);border-radius:1px}
.interval u{top:3px;height:7px;width:1px;background:var(--gs-soft)}
.interval s{top:0;height:13px;width:1px;background:var(--gs-ink);opacity:.5}
.attempts{list-style:none;margin:0;padding:0}
.attempts li{display:flex;flex-wrap:wrap;gap:.1rem .6rem;margin:0 0 .25rem}
.attempt{border-radius:4px;padding:0 .4em;white-space:nowrap}
.attempt.yes{color:var(--gs-holds);background:var(--gs-holdsPaper)}
.attempt.no{color:var(--gs-fails);background:var(--gs-failsPaper)}
.examples th[scope=row]{color:inherit;font-size:inherit}
.examples tbody tr:last-child th{border-bottom:0}
.card>.figure:first-child{margin-top:0}
`;

/** Rules for narrow screens. */
export const RUN_NARROW_CSS = `
@media screen and (max-width:56rem){
.interval{margin-left:0}
.options td.num,.options th[scope=row]{width:auto}
}
`;

/** Rules for paper. */
export const RUN_PRINT_CSS = `
@media print{
.interval{width:6rem}
.curves{grid-template-columns:1fr 1fr;gap:5mm}
.command{background:none;break-inside:avoid}
}
`;
