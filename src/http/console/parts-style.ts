// The style of the parts of the console's pages: headings of things, reasons, tables, the matrix, forms.

/** Rules for what stands within the frame; see console-style.ts for the colours. */
export const PARTS_STYLE = `
.heading{margin-bottom:1rem}
.heading .kind{margin:0;color:var(--soft);text-transform:capitalize}
.heading h1{margin:0;overflow-wrap:anywhere}
.as-of{font-weight:400;color:var(--soft)}
h1 .as-of{font-size:.65em;letter-spacing:0}
.id{font-family:var(--code);font-weight:600;letter-spacing:-.02em}
.tabs{border-bottom:1px solid var(--line);margin-bottom:1.5rem}
.tabs ul{display:flex;flex-wrap:wrap;gap:.1rem 1.4rem;margin:0;padding:0;list-style:none}
.tabs a{display:block;padding:.45rem 0;text-decoration:none;color:var(--soft);border-bottom:3px solid transparent}
.tabs a:hover{color:var(--ink);border-color:var(--line)}
.tabs a[aria-current]{color:var(--ink);font-weight:600;border-color:var(--button)}
.thing{white-space:normal}
.thing b{font:600 .92em var(--code);overflow-wrap:anywhere}
.thing .kind{color:var(--soft)}
.thing a{text-decoration-color:color-mix(in srgb,currentColor 45%,transparent)}
.thing .outside{margin:0 .1rem;display:inline-block;min-width:24px;min-height:24px;line-height:24px;text-align:center}
td .thing b,th .thing b{display:inline-block;max-width:18rem;overflow-wrap:break-word;text-decoration:inherit}
td .thing:has(.outside),th .thing:has(.outside){white-space:nowrap}
td .thing:has(.outside) b,th .thing:has(.outside) b{white-space:normal}
td.try{white-space:nowrap}
.chip{display:inline-block;font-size:.82rem;line-height:1.3;padding:.12rem .5rem;border-radius:99px;margin-left:.35rem;
background:var(--shade);color:var(--soft);white-space:nowrap}
td>.chip:first-child{margin-left:0}
.chip.yes{background:var(--yes-ground);color:var(--yes)}
.chip.no{background:var(--no-ground);color:var(--no)}
.why{display:block;font-size:.88rem}
td.status{min-width:14rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:1rem 2rem;margin:0 0 1rem}
.facts>div{border-left:2px solid var(--line);padding-left:.8rem;min-width:0}
.facts dt{font-size:.85rem;color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
.wide{position:relative;overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.94rem}
th,td{padding:.55rem .8rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;font-size:.82rem;font-weight:600;color:var(--soft);white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:400}
td time{white-space:nowrap}
.number{font-variant-numeric:tabular-nums}
tr.past td,tr.past th{background:var(--ground)}
.matrix{max-height:80vh;overflow:auto}
.matrix table{border-collapse:separate;border-spacing:0;width:auto;min-width:100%}
.matrix th,.matrix td{text-align:center;padding:.32rem .45rem}
.matrix thead th{position:sticky;top:0;background:var(--paper);z-index:1;border-bottom:1px solid var(--line)}
.matrix thead th b{display:block;color:var(--ink);font-size:.92rem}
.matrix thead th .quiet{display:block;font-weight:400}
.matrix thead th:target{box-shadow:inset 0 -4px var(--focus)}
.matrix th[scope=row] code{white-space:nowrap}
.matrix th[scope=row],.matrix thead th:first-child{text-align:left;position:sticky;left:0;background:var(--paper)}
.matrix thead th:first-child{z-index:2}
.matrix .section th{text-align:left;background:var(--shade);font-weight:600;position:sticky;left:0}
.legend{font-size:.92rem;color:var(--soft)}
.has{color:var(--yes);font-weight:600}
.not::before{content:"–";color:var(--soft)}
.never::before{content:"";display:block}
.level{font-size:.85rem;padding:.05rem .45rem;border-radius:4px;background:var(--yes-ground);color:var(--yes)}
.level.view{background:var(--shade);color:var(--ink)}
.verdict{display:flex;flex-wrap:wrap;align-items:baseline;gap:.2rem 1rem;padding:1rem 1.25rem;border-radius:8px;
margin-bottom:1.25rem}
.verdict.yes{background:var(--yes-ground)}
.verdict.no{background:var(--no-ground)}
.verdict .word{margin:0;font-size:1.75rem;line-height:1.2;font-weight:700}
.verdict.yes .word{color:var(--yes)}
.verdict.no .word{color:var(--no)}
.verdict h1{margin:0;font-size:1.3rem;font-weight:500;overflow-wrap:anywhere;flex:1 1 16rem}
.reasons,.people,.history{list-style:none;margin:0;padding:0;display:grid;gap:.9rem}
.reasons.missing{gap:.6rem}
.reasons>li,.people>li,.history>li{background:var(--paper);border:1px solid var(--line);
border-left:4px solid var(--yes);border-radius:0 8px 8px 0;padding:.9rem 1.1rem}
.reasons.open>li{border-left-color:var(--soft)}
.reasons.closed>li{border-left-color:var(--line);background:none}
.history p{margin:.15rem 0;max-width:none}
.history .type{font-size:1rem;font-weight:600}
.history>li.applied{border-left-color:var(--line)}
.history>li.refused{border-left-color:var(--no);background:var(--paper);color:inherit;padding:.9rem 1.1rem}
.people>li{display:grid;grid-template-columns:minmax(8rem,13rem) 1fr auto;gap:.2rem 1.25rem;align-items:start}
.people p{margin:0}
.people .who{font-size:1.05rem}
.said{font:1.08rem/1.5 var(--said);margin:0 0 .4rem}
.said p{margin:0}
.said ul{margin:.1rem 0 .3rem;padding-left:1.2rem}
.said li::marker{color:var(--soft)}
.reached ul{list-style:none;margin:0;padding:0;display:grid;gap:.3rem 1.5rem;
grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr))}
.reached li{border-left:2px solid var(--line);padding-left:.7rem}
.said .thing b{font-size:.84em}
.rules{list-style:none;margin:.4rem 0 0;padding:0;font-size:.92rem;color:var(--soft);display:grid;gap:.2rem;
max-width:72ch}
.rules li{display:flex;gap:.6rem;align-items:baseline}
.rule{flex:none;font:600 .8rem var(--code);color:var(--link);background:var(--link-ground);border-radius:4px;
padding:.1rem .4rem}
details{margin-top:.5rem;font-size:.94rem}
summary{cursor:pointer;color:var(--link);width:fit-content;padding:.15rem 0}
.stored{margin-top:2rem}
.tuples{list-style:none;margin:.4rem 0;padding:0 0 0 .9rem;border-left:2px solid var(--line);display:grid;gap:.3rem}
.sign{font:700 1em var(--code);margin-right:.4rem}
.added .sign{color:var(--yes)}
.taken .sign{color:var(--no)}
.changed{list-style:none;padding:0;display:grid;gap:.3rem}
.changed>li{border-left:4px solid var(--yes);padding-left:.7rem}
.changed.taken>li{border-left-color:var(--no)}
.events{list-style:none;margin:.5rem 0;padding:.6rem .8rem;background:var(--shade);border-radius:6px;display:grid;
gap:.4rem;font-size:.94rem}
.events .who{display:block;overflow-wrap:anywhere}
.events .data{display:flex;flex-wrap:wrap;gap:0 1.2rem;overflow-wrap:anywhere}
.ask{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:flex-end;padding:.9rem 1.1rem;background:var(--paper);
border:1px solid var(--line);border-radius:8px;margin-bottom:1.5rem}
.ask>div{display:grid;gap:.2rem;flex:1 1 11rem;min-width:0}
.ask label{font-weight:600}
.ask select,.ask input{width:100%}
.ask.event{align-items:flex-start}
.ask.event>div{flex-basis:19rem}
.ask.event p{margin:0;font-size:.85rem}
.ask.event button{align-self:flex-end}
.empty{padding:1.5rem;border:1px dashed var(--soft);border-radius:8px;color:var(--soft)}
.empty b{color:var(--ink)}
.empty p{margin:.2rem 0;overflow-wrap:anywhere}
.refused{padding:1rem 1.25rem;border-left:4px solid var(--no);background:var(--no-ground);border-radius:0 8px 8px 0}
.refused p{margin:.2rem 0;overflow-wrap:anywhere}
.refused+.ask{margin-top:1rem}
p.refused{color:var(--no)}
.hero{padding:2rem 0 1rem;max-width:44rem}
.hero h1{font:500 clamp(1.9rem,6vw,2.6rem)/1.15 var(--said);margin-bottom:1.25rem}
.line{display:flex;gap:.5rem;margin-top:.3rem}
.line input{flex:1}
.starts,.results,.rights{list-style:none;margin:0;padding:0;display:grid;gap:1rem}
.starts{grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))}
.starts li{border-left:4px solid var(--line);padding:.1rem 0 .1rem .9rem}
.starts p{margin:.2rem 0;color:var(--soft)}
.rights{gap:.4rem;margin-bottom:1.5rem}
.rights code{display:inline-block;min-width:9.5rem}
.rights .has,.rights .not{color:inherit;font-weight:400}
.rights .not::before{content:none}
.keys{list-style:none;margin:0;padding:0;display:grid;gap:1.2rem 2rem;
grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}
.keys h2{margin:0 0 .3rem;font-size:.95rem}
.keys ul{list-style:none;margin:0;padding:0;font-size:.94rem}
.keys ul li{display:flex;justify-content:space-between;gap:.5rem;border-top:1px solid var(--line);padding:.2rem 0}
.keys ul li.not::before{content:none}
.keys ul li.not{color:var(--soft)}
.keys ul li.has{font-weight:400}
.keys ul li.has>span{font-weight:600}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin-bottom:1rem}
.filters ul{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;margin:0;padding:0}
.filters a{display:block;padding:.25rem .7rem;border-radius:99px;text-decoration:none;border:1px solid var(--line)}
.filters a[aria-current]{background:var(--link-ground);border-color:var(--link);font-weight:600}
@media (max-width:40rem){main{padding-top:1.25rem}.people>li{grid-template-columns:1fr}.hero{padding-top:.5rem}
.find{order:3;max-width:none;flex-basis:100%}h1{font-size:1.45rem}}
`;
