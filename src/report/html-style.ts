/** The page's only style sheet. Follows the reader's light or dark scheme; on paper everything is unfolded. */
export const style = `
:root{color-scheme:light dark;--text:#1f2328;--soft:#59636e;--line:#d1d9e0;--page:#fff;--box:#f6f8fa;--link:#0550ae;
--critical:#6e3fb8;--high:#b42318;--medium:#9a5300;--low:#0a5ca8;--good:#1a6e33;--mark:#fff1c2;--add:#e3f7e8;--del:#ffe9e7}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9ba5b0;--line:#3a424c;--page:#0d1117;--box:#161b22;--link:#79b8ff;
--critical:#c4a1ff;--high:#ff938a;--medium:#f0b45c;--low:#7cbcff;--good:#6fd58a;--mark:#4a3d10;--add:#12351d;--del:#47191a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:68rem;font:1rem/1.55 system-ui,sans-serif;color:var(--text);background:var(--page)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem}
p{margin:.5rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
.soft{color:var(--soft)}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(5.5rem,8rem));gap:.75rem;padding:0;margin:1.25rem 0;list-style:none}
.counts li{padding:.6rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--box)}
.counts b{display:block;font-size:1.5rem;line-height:1.2}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th,td{padding:.45rem .75rem .45rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft)}
.critical,.high,.medium,.low{font-weight:600}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
.pass{color:var(--good)}.fail{color:var(--high)}
article{margin:1.25rem 0;padding:1rem 1.25rem;border:1px solid var(--line);border-radius:.5rem}
article:target{border-color:var(--link)}
article h3{margin:0 0 .25rem;font-size:1.05rem}
pre{margin:.75rem 0;padding:.75rem 1rem;overflow-x:auto;background:var(--box);border-radius:.4rem;tab-size:4}
.carets{color:var(--high)}
.add{background:var(--add)}.del{background:var(--del)}
ins,del{text-decoration:none}
dl{margin:.75rem 0 0;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.plain{margin:0;padding:0;list-style:none}
ol,ul{margin:.25rem 0;padding-left:1.5rem}
summary{cursor:pointer}
@media (max-width:40rem){dl{grid-template-columns:minmax(0,1fr)}dt{margin-top:.35rem}}
@media print{body{max-width:none;padding:0}article{break-inside:avoid}details>*{display:block}}
`;
