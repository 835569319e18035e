// Owns the look of the simulated providers: one bank that is nobody's, the same for all, with the name of the one that is played. Made for a phone.
import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import { pageHeaders } from './page-headers.ts'
import type { PageAddress } from './page-language.ts'
import { words } from './page-words.ts'

const light =
  '--ground:#eef2f3;--card:#fff;--ink:#16242b;--soft:#4a5b64;--rule:#c9d3d8;--edge:#66777f;--bar:#134e5a;--barInk:#fff;--act:#0f5866;--actInk:#fff;--note:#fff2cf;--noteInk:#4f3800;--bad:#8c1d18;--badGround:#fdeceb'
const dark =
  '--ground:#0e1619;--card:#18242a;--ink:#e9f1f4;--soft:#b0c0c8;--rule:#33454d;--edge:#82949d;--bar:#0c333b;--barInk:#e6f6fa;--act:#7fd0e0;--actInk:#062027;--note:#3a2d0a;--noteInk:#ffe0a0;--bad:#ffb8b1;--badGround:#421a18'

const rules = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--ground);color:var(--ink)}
h1,h2,h3,p,dl,dd,ul,ol,table{margin:0;padding:0}
h1{font-size:1.25rem;line-height:1.35}h2,h3{font-size:1.0625rem;line-height:1.4}
a{color:var(--act);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--act);outline-offset:3px;border-radius:.25rem}
.bar{background:var(--bar);color:var(--barInk)}
.bar>div{max-width:30rem;margin:auto;padding:.5rem 1rem;display:flex;gap:.5rem .75rem;align-items:center;flex-wrap:wrap}
.wide .bar>div,.wide main{max-width:66rem}
.bar svg{width:1.75rem;height:1.75rem;flex:none}
.bar b{flex:1 1 9rem;line-height:1.3;overflow-wrap:anywhere}
.bar a{color:inherit;padding:.35rem 0}.bar :focus-visible{outline-color:currentColor}
main{max-width:30rem;margin:auto;padding:1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}
.note,.bad{border-radius:.5rem;padding:.6rem .8rem;background:var(--note);color:var(--noteInk)}
.bad{background:var(--badGround);color:var(--bad)}
.note a,.bad a{color:inherit}
.card{background:var(--card);border:1px solid var(--rule);border-radius:.75rem;padding:1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem;align-content:start}
.sum{font-size:1.875rem;line-height:1.25;font-weight:700;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
dt,.hint{color:var(--soft);font-size:.9375rem}
dd{overflow-wrap:anywhere;font-weight:600}dl>div+div{margin-top:.5rem}
dd.sum{font-weight:700}
form{display:grid;grid-template-columns:minmax(0,1fr);gap:.35rem}
.card>form+form{border-top:1px solid var(--rule);padding-top:.75rem}
form h2{margin-top:.75rem}.hint+button,.hint+label{margin-top:.5rem}
label{font-size:.9375rem;color:var(--soft)}
input{display:block;width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--card);font:inherit;color:var(--ink)}
button,.button{display:block;width:100%;min-height:2.75rem;padding:.6rem 1rem;border:2px solid var(--act);border-radius:.5rem;background:var(--card);color:var(--act);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.go{background:var(--act);color:var(--actInk);font-weight:700;min-height:3.25rem}
button[disabled]{border-style:dashed;cursor:not-allowed}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr));gap:1rem}
ul,ol{padding-left:1.25rem}li+li{margin-top:.35rem}
li a{display:inline-block;padding:.15rem 0;vertical-align:top}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .5rem .4rem 0;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
th{font-weight:600}
.figure{white-space:nowrap;font-variant-numeric:tabular-nums;padding-right:1rem}
code{font-family:ui-monospace,monospace;font-size:.9375rem;overflow-wrap:anywhere}
`

export const simulatorCss = `:root{color-scheme:light dark;${light}}@media (prefers-color-scheme:dark){:root{${dark}}}${rules.trim().replaceAll('\n', '')}`

export const simulatorHeaders = pageHeaders(simulatorCss)

export type Frame = { page: PageAddress; title: string; heading: string; isWide?: boolean }

/** The frame of every page here: it says first that nothing of this is real. */
export const Shell: FC<PropsWithChildren<Frame>> = ({ page, title, heading, isWide, children }) => {
  const { frame } = words[page.language]
  const other = page.language === 'vi' ? 'en' : 'vi'
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={page.language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${heading} – ${title} (${frame.simulated})`}</title>
          <style>{raw(simulatorCss)}</style>
        </head>
        <body class={isWide ? 'wide' : ''}>
          <header class="bar">
            <div>
              <House />
              <b>{title}</b>
              <a href={page.otherHref} lang={other} hreflang={other}>
                {frame.other}
              </a>
            </div>
          </header>
          <main>
            <p class="note">
              <strong>{frame.noteTitle}</strong> {frame.note}
            </p>
            <h1>{heading}</h1>
            {children}
          </main>
        </body>
      </html>
    </>
  )
}

/** A house with pillars: any bank, and no bank's own sign. */
const House: FC = () => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d="M3 9.5 12 4l9 5.5zM5.5 9.5V17M10 9.5V17M14 9.5V17M18.5 9.5V17M3.5 20h17M4.5 17h15" />
  </svg>
)
