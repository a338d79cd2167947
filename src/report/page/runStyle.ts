// What pages about training add to the stylesheet: curves side by side, commands to copy, tables of options.

/** Rules for wide screens. */
export const RUN_CSS = `
header .banner.plain{color:var(--gs-sample)}
.card>h2{margin-bottom:.5rem}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:2rem 2.25rem;margin-top:1.25rem}
.curves .figure{margin:0;min-width:0}
.curves .picture svg{width:100%;max-width:34rem;margin:0}
.curves figcaption,.measures figcaption{margin-left:0}
.command{margin:.75rem 0;padding:.7rem .9rem;background:var(--gs-page);border:1px solid var(--gs-rule);border-radius:6px;font-size:.85rem;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
.options th[scope=row]{color:inherit;font-size:inherit;font-weight:500;width:13rem}
.options td.num{width:8rem}
.options tbody tr:last-child th{border-bottom:0}
.card>.figure:first-child{margin-top:0}
`;

/** Rules for paper. */
export const RUN_PRINT_CSS = `
@media print{
.curves{grid-template-columns:1fr 1fr;gap:5mm}
.command{background:none;break-inside:avoid}
}
`;
