// The console's style sheet: one calm column, light and dark, from 360 pixels up. Nothing loads from elsewhere.
import { createHash } from "node:crypto";
import { PARTS_STYLE } from "./parts-style.ts";

const FRAME_STYLE = `
:root{color-scheme:light dark;
--ground:#f3f6f4;--paper:#fff;--ink:#15211c;--soft:#4d5d55;--line:#d3dcd7;--link:#0a5a45;--link-ground:#e4efe9;
--button:#0b5c47;--button-ink:#fff;--yes:#0d6238;--yes-ground:#e0f1e7;--no:#9b3412;--no-ground:#fbe9e1;
--notice:#6b4e00;--notice-ground:#fbf2d6;--focus:#b4570a;--shade:#e9efec;
--text:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
--said:"Iowan Old Style","Palatino Linotype",Palatino,"Source Serif 4",Georgia,serif;
--code:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{
--ground:#0f1613;--paper:#18211d;--ink:#e7eeea;--soft:#a4b4ac;--line:#31403a;--link:#7fd8b9;--link-ground:#1d332b;
--button:#7fd8b9;--button-ink:#0b1f18;--yes:#86dda9;--yes-ground:#173225;--no:#f5ab8b;--no-ground:#3b2219;
--notice:#efd283;--notice-ground:#332a10;--focus:#f0a35e;--shade:#202b26}}
*{box-sizing:border-box}
html{font:16px/1.55 var(--text);background:var(--ground);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:.18em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
main:focus{outline:none}
h1,h2,h3{line-height:1.2;text-wrap:balance}
h1{font-size:1.75rem;margin:0 0 .75rem;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.1rem;margin:2.25rem 0 .75rem;font-weight:650}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:68ch}
code{font:.88em/1.4 var(--code);overflow-wrap:anywhere}
.quiet{color:var(--soft)}
.lead{color:var(--soft);margin-bottom:1.25rem}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:1rem;top:-4rem;background:var(--button);color:var(--button-ink);
padding:.5rem 1rem;z-index:2}
.skip:focus{top:.5rem}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.5rem;padding:.7rem max(1rem,calc(50vw - 35rem));
background:var(--paper);border-bottom:1px solid var(--line)}
.bar .name{font-weight:700;color:var(--ink);text-decoration:none;letter-spacing:-.01em;padding-left:.7rem;
border-left:4px solid var(--button)}
.bar nav ul{display:flex;flex-wrap:wrap;gap:.25rem;margin:0;padding:0;list-style:none}
.bar nav a{display:block;padding:.3rem .7rem;border-radius:6px;text-decoration:none;color:var(--ink)}
.bar nav a:hover{background:var(--shade)}
.bar nav a[aria-current]{background:var(--link-ground);color:var(--link);font-weight:600}
.find{display:flex;flex:1 1 16rem;gap:.4rem;max-width:26rem}
.find input{flex:1;min-width:0}
main{max-width:72rem;margin:0 auto;padding:2rem 1rem 3rem;min-height:60vh}
footer{max-width:70rem;width:calc(100% - 2rem);margin:0 auto;padding:1rem 0 2rem;
border-top:1px solid var(--line);font-size:.9rem}
footer form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-bottom:.5rem}
input,select,button{font:inherit;color:inherit;border-radius:6px;border:1px solid var(--soft);padding:.42rem .65rem;
background:var(--paper);min-height:2.5rem;max-width:100%}
input:not([type=hidden]){min-width:0}
input::placeholder{color:var(--soft);opacity:1}
button{background:var(--button);border-color:var(--button);color:var(--button-ink);font-weight:600;cursor:pointer;
padding-inline:1rem}
button.second{background:transparent;color:var(--link);border-color:var(--link)}
button:hover{filter:brightness(1.08)}
label{font-size:.9rem;color:var(--soft)}
.notice{margin:0 auto 1rem;background:var(--notice-ground);color:var(--notice);padding:.6rem 1rem;
border-radius:6px;max-width:none}
body>.notice{border-radius:0;margin:0;padding-inline:max(1rem,calc(50vw - 35rem))}
.notice a{color:inherit}
`;

/** The whole style sheet. */
export const STYLE = `${FRAME_STYLE}${PARTS_STYLE}`.trim();

/** Changes with the style sheet, so that browsers load a new one at once. */
export const STYLE_VERSION = createHash("sha256").update(STYLE).digest("hex").slice(0, 12);
