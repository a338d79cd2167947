// The stylesheet of the explorer: a bar of choices, filters at the left, trajectories in the middle, the chosen token at the right.

const FRAME = `
.exploring .page{display:none}
.explorer[hidden]{display:none}
.explorer{max-width:112rem;margin:0 auto;padding:1rem 1.25rem 4rem}
.explorer .small{display:inline}
.explorer-link{margin:1rem 0}
.explorer-link a{display:inline-block;font-weight:600;border:1px solid var(--gs-rule);background:var(--gs-paper);border-radius:8px;padding:.45rem .9rem;text-decoration:none}
.explorer-link a:hover{border-color:var(--gs-soft)}
.finding>.explorer-link a{font-weight:500;font-size:.9rem;padding:.2rem .7rem}
.explorer-head{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem 1.2rem}
.explorer-head h1{font-size:1.35rem;outline:none}
.explorer-head .back{font-size:.92rem}
.explorer button,.explorer select,.explorer input{font:inherit;color:inherit}
.explorer .plain{background:none;border:1px solid var(--gs-rule);border-radius:6px;padding:.15rem .6rem;cursor:pointer;font-size:.85rem;margin:.15rem .3rem .15rem 0}
.explorer .plain:hover{border-color:var(--gs-soft)}
.toolbar{position:sticky;top:0;z-index:3;background:var(--gs-page);padding:.6rem 0 .5rem;border-bottom:1px solid var(--gs-rule)}
.objectives{display:contents}
.objective{display:flex;flex-wrap:wrap;gap:.2rem .8rem;align-items:flex-start}
.fields{display:flex;flex-wrap:wrap;gap:.4rem .9rem;align-items:end}
.toolbar-fields{display:flex;flex-wrap:wrap;gap:.4rem 1.5rem;align-items:flex-start}
.field{display:inline-flex;flex-direction:column;gap:.1rem;font-size:.9rem;min-width:0;max-width:100%}
.field>span{color:var(--gs-soft);font-size:.76rem;line-height:1.3}
.field.check{flex-direction:row;align-items:center;gap:.4em}
.field select,.field input:not([type=checkbox]){text-overflow:ellipsis;background:var(--gs-paper);border:1px solid var(--gs-rule);border-radius:6px;padding:.22rem .45rem;min-height:2rem;max-width:100%}
.field input:not([type=checkbox]){width:9rem}
.objective>div{display:flex}
.objective>div>.field select{max-width:15rem}
.field input[aria-invalid=true]{border-color:var(--gs-fails);outline-color:var(--gs-fails)}
.options[open]{flex-basis:100%}
.options>summary{cursor:pointer;font-size:.85rem;color:var(--gs-soft);padding-top:1.35rem}
.options[open]>summary{padding-top:.2rem}
.options .fields{max-height:13rem;overflow-y:auto;padding:.4rem .2rem .5rem;max-width:60rem}
.options p{margin:.2rem 0}
.problem{color:var(--gs-fails);margin:.4rem 0 0;font-size:.9rem;max-width:none}
.status{margin:.2rem 0 0;font-size:.85rem;color:var(--gs-soft);max-width:none}
.legend{display:flex;flex-wrap:wrap;gap:.2rem .5rem;align-items:center;margin-top:.4rem;font-size:.8rem}
.ramp{display:inline-flex;border:1px solid var(--gs-rule);border-radius:3px;overflow:hidden}
.ramp i{width:1.15rem;height:.95rem}
.key{padding:0 .1em .05em;border-bottom:2px solid transparent}
.key.sample{border-bottom-color:var(--gs-sample)}
.key.decision{border-bottom:2px dashed var(--gs-decision);font-weight:600}
.key.out{color:var(--gs-soft)}
.explorer-body{display:grid;grid-template-columns:15.5rem minmax(0,1fr) 21rem;gap:0 1.5rem;align-items:start;margin-top:.8rem}
`;

const SIDE = `
.side-fold{position:sticky;top:var(--gs-bar,9.5rem);max-height:calc(100vh - var(--gs-bar,9.5rem));overflow-y:auto;padding-right:.3rem;padding-bottom:1rem}
.side-fold>summary{display:none}
.side .fields{flex-direction:column;align-items:stretch}
.side .field select,.side .field input{width:100%}
.side h2,.detail h2{font-size:.95rem;margin:1.2rem 0 .35rem}
.finding-list{list-style:none;margin:0;padding:0}
.finding-choice{display:flex;flex-wrap:wrap;gap:.1rem .4rem;align-items:baseline;width:100%;text-align:left;background:var(--gs-paper);margin:0 0 2px;border:1px solid transparent;border-radius:6px;padding:.25rem .4rem;cursor:pointer;font-size:.88rem!important}
.finding-choice .soft{margin-left:auto}
.finding-choice .severity{font-size:.72rem;padding:0 .5em}
.finding-choice:hover{border-color:var(--gs-rule)}
.finding-choice[aria-pressed=true]{border-color:var(--gs-ink)}
.explorer .heat{width:auto;font-size:.84rem;margin-top:.5rem}
.explorer .heat th,.explorer .heat td{border:0;padding:.1rem .25rem}
.explorer .heat thead{position:static;width:auto;height:auto;clip-path:none}
.explorer .heat tr{display:table-row}
.explorer .heat,.explorer .heat tbody{display:table}
.explorer .heat thead{display:table-header-group}
.explorer .heat tbody{display:table-row-group}
.explorer .heat td,.explorer .heat th{display:table-cell}
.explorer .heat-scroll{overflow-x:auto}
.explorer .heat th[scope=row]{font-weight:500;min-width:4.6rem;max-width:8rem;overflow-wrap:anywhere;vertical-align:middle}
.explorer .heat th[scope=col]{text-align:center}
.explorer .heat td:not(:empty){padding:1px}
.explorer .heat td button{width:100%;min-width:3.6rem;padding:.3rem .2rem;border:1px solid transparent;border-radius:4px;cursor:pointer;font-variant-numeric:tabular-nums;background:color-mix(in srgb,var(--gs-positive) calc(var(--w)*.85%),var(--gs-paper))}
.explorer .heat td button[aria-pressed=true]{border-color:var(--gs-ink)}
.explorer .heat td button:hover{border-color:var(--gs-soft)}
`;

const LIST = `
.trajectories{min-width:0}
.block{contain:layout style;overflow-anchor:auto}
.one{background:var(--gs-paper);border:1px solid var(--gs-rule);border-radius:8px;padding:.6rem .9rem .7rem;margin:0 0 .6rem}
.trajectory-line{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline;font-size:.83rem}
.trajectory-line h2{margin:0;font-size:.88rem}
.trajectory-line .verdict{font-size:.76rem}
.columns{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.2rem 1.2rem;margin-top:.25rem}
.texts{display:grid;grid-template-columns:minmax(0,1fr);gap:.4rem 1.2rem}
.compared .texts{grid-template-columns:repeat(3,minmax(0,1fr))}
.panel-title{margin:0;font-size:.78rem;color:var(--gs-soft)}
.tokens{line-height:1.95;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.93rem}
.tokens>div{content-visibility:auto;contain-intrinsic-height:auto 30rem}
.token{position:relative;border-radius:3px;padding:.12em .14em;border-bottom:2px solid transparent;cursor:pointer}
.token.prompt,.token.pad,.token.tool,.token.eos,.token.out{color:var(--gs-soft)}
.token.tool{font-style:italic}
.token.sample:not(.out){border-bottom-color:var(--gs-sample)}
.token.decision{border-bottom:2px dashed var(--gs-decision);font-weight:600}
.token.starts::before{content:"\\A";white-space:pre}
.token.starts{padding-left:0}
.up{background-color:color-mix(in srgb,var(--gs-positive) calc(var(--w)*.9%),transparent)}
.down{background-image:repeating-linear-gradient(135deg,color-mix(in srgb,var(--gs-negative) calc(var(--w)*1%),transparent) 0 3px,color-mix(in srgb,var(--gs-negative) calc(var(--w)*.55%),transparent) 3px 6px)}
.token:hover{outline:1px solid var(--gs-soft)}
.token.named{box-shadow:inset 0 2px 0 var(--gs-fails)}
.token[aria-selected=true]{outline:2px solid var(--gs-ink);outline-offset:0}
.margin{list-style:none;margin:0;padding:0 0 0 .9rem;border-left:1px solid var(--gs-rule);font-size:.74rem;line-height:1.35;width:12.5rem;max-height:14rem;overflow-y:auto;color:var(--gs-soft)}
.margin li{display:flex;flex-direction:column;margin:0 0 .3rem}
.odds-line{display:flex;gap:.5rem;align-items:center}
.odds{flex:1;display:block;height:6px;border-radius:3px;overflow:hidden;background:repeating-linear-gradient(135deg,var(--gs-rule) 0 2px,var(--gs-paper) 2px 4px)}
.odds i{display:block;height:100%;width:var(--p);background:var(--gs-decision)}
`;

const DETAIL = `
.detail{position:sticky;top:var(--gs-bar,9.5rem);max-height:calc(100vh - var(--gs-bar,9.5rem));overflow-y:auto;padding:.2rem .9rem 1rem;background:var(--gs-paper);border:1px solid var(--gs-rule);border-radius:8px;font-size:.88rem;outline-offset:-2px}
.detail .close{float:right;background:none;border:0;cursor:pointer;padding:.6rem .3rem;line-height:1}
.detail .token-title{margin-top:.4rem;font-size:1.25rem;white-space:pre-wrap;max-height:8rem;overflow-y:auto}
.detail p{margin:.4rem 0}
.detail h3{margin:1rem 0 .2rem;font-size:.85rem}
.formula-line{font-size:1.02rem;font-family:"Cambria Math","STIX Two Text",Cambria,Georgia,serif;overflow-wrap:anywhere}
.numbers-line{font-variant-numeric:tabular-nums;padding:.3rem .5rem;border-radius:6px;background:var(--gs-page)}
.explanation dl{margin:.5rem 0}
.explanation dt{font-family:"Cambria Math","STIX Two Text",Cambria,Georgia,serif;font-size:1rem;font-variant-numeric:tabular-nums}
.explanation dd{margin:0 0 .5rem 1rem;display:flex;flex-direction:column;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.pairs>div{display:flex;justify-content:space-between;gap:1rem}
.pairs dt{color:var(--gs-soft)}
.pairs dd{margin:0;font-variant-numeric:tabular-nums;text-align:right}
.influence{font-size:.8rem;font-variant-numeric:tabular-nums}
.explorer .influence th{font-weight:500;vertical-align:bottom;padding:.15rem .3rem .15rem 0}
.explorer .influence th[scope=row]{min-width:4.9rem;vertical-align:baseline}
.explorer .influence th[scope=col],.explorer .influence td{text-align:right;padding:.15rem .3rem}
`;

const NARROW = `
@media screen and (max-width:75rem){
.explorer-body{grid-template-columns:14rem minmax(0,1fr)}
.detail{position:fixed;z-index:4;right:.8rem;bottom:.8rem;top:auto;width:min(24rem,calc(100vw - 1.6rem));max-height:55vh;box-shadow:0 4px 24px #0005}
.detail.empty{display:none}
.compared .texts{grid-template-columns:minmax(0,1fr)}
}
@media screen and (max-width:62.4rem){
.explorer-body{grid-template-columns:minmax(0,1fr)}
.explorer{padding:.6rem .7rem 4rem}
.toolbar{position:static}
.side-fold{position:static;max-height:none;margin-bottom:.8rem;border:1px solid var(--gs-rule);border-radius:8px;padding:.4rem .8rem;background:var(--gs-paper)}
.side-fold>summary{display:list-item;cursor:pointer;font-size:.92rem;padding:.25rem 0}
.side .fields{flex-direction:row}
.side .field{flex:1 1 9rem}
}
@media screen and (max-width:40rem){
.columns{grid-template-columns:minmax(0,1fr)}
.margin{width:auto;border-left:0;padding:.3rem 0 0;display:flex;flex-wrap:wrap;gap:.3rem 1rem;max-height:none}
.field select,.field input:not([type=checkbox]){min-height:2.4rem}
.detail{right:0;left:0;bottom:0;width:auto;border-radius:12px 12px 0 0}
.token{padding:.2em .16em}
}
@media print{.explorer,.explorer-link{display:none}}
@media (forced-colors:active){.token.up{outline:1px solid}.token.down{outline:1px dashed}.token[aria-selected=true]{outline:3px solid Highlight}}
`;

/** Rules of the explorer. */
export const EXPLORER_CSS: string = [FRAME, SIDE, LIST, DETAIL, NARROW].join('');
