// What pages about audits add to the stylesheet: shares as bars, a filter of findings, and text in which tokens are coloured.
import { SHARE_CSS } from './shareBars.ts';

/** Rules of the audit's page. */
export const AUDIT_CSS = `${SHARE_CSS}.filter{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;border:0;padding:0;margin:1.5rem 0 .5rem}
.filter legend{float:left;color:var(--gs-soft);padding:0;margin-right:1rem}
.filter label{display:flex;gap:.35em;align-items:center;cursor:pointer}
:root:has(#only-error:checked) .finding:not(.error),:root:has(#only-warning:checked) .finding:not(.warning),:root:has(#only-info:checked) .finding:not(.info){display:none}
.severity{display:inline-block;border-radius:1em;padding:.05em .7em .1em;font-size:.86rem;font-weight:600;line-height:1.5}
.severity.error{color:var(--gs-fails);background:var(--gs-failsPaper)}
.severity.warning{color:var(--gs-decision);box-shadow:inset 0 0 0 1px var(--gs-decision)}
.severity.info{color:var(--gs-soft);box-shadow:inset 0 0 0 1px var(--gs-rule)}
.finding .numbers{max-width:32rem}
.trajectory{margin:.75rem 0;font-size:.88rem;line-height:2.1;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow-y:auto;border:1px solid var(--gs-rule);border-radius:6px;padding:.6rem .8rem;background:var(--gs-page)}
.trajectory span{border-radius:3px;padding:.1em .15em;border-bottom:2px solid transparent}
.trajectory .prompt,.trajectory .pad,.trajectory .tool{color:var(--gs-soft)}
.trajectory .tool{font-style:italic}
.trajectory .sample{border-bottom-color:var(--gs-sample)}
.trajectory .decision{border-bottom:2px dashed var(--gs-decision);font-weight:600}
.trajectory .up{background:color-mix(in srgb,var(--gs-positive) calc(var(--w)*1%),transparent)}
.trajectory .down{background:color-mix(in srgb,var(--gs-negative) calc(var(--w)*1%),transparent)}
.trajectory .named{outline:2px solid var(--gs-fails);outline-offset:-1px}
.trajectory-head{margin:1.25rem 0 0;color:var(--gs-soft);font-size:.88rem}
@media print{.trajectory{max-height:none;font-size:6.5pt;line-height:1.7}.filter{display:none}}
`;
