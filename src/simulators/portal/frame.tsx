// Owns the look of the portal: the other side of the gateway, and so nothing of the gateway's own looks.
import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import { pageHeaders } from '../page-headers.ts'
import type { Language } from '../page-language.ts'
import { portalWords } from './words.ts'

const light =
  '--ground:#f4f2ec;--card:#fff;--ink:#1d2330;--soft:#515a6b;--rule:#d6d2c6;--edge:#6d7482;--bar:#123c7a;--barInk:#fff;--mark:#f2c230;--markInk:#2b2100;--act:#123c7a;--actInk:#fff;--good:#0d4f30;--goodGround:#e2f2e9;--wait:#5e4200;--waitGround:#fff2d2;--bad:#8a1c17;--badGround:#fdeae8;--calm:#173a66;--calmGround:#e7eef8'
const dark =
  '--ground:#11141a;--card:#1a2029;--ink:#ecf0f6;--soft:#b4bdcb;--rule:#363f4c;--edge:#8894a5;--bar:#0e2c59;--barInk:#eaf1fc;--mark:#f2c230;--markInk:#2b2100;--act:#93bdf8;--actInk:#081a33;--good:#a5e6c2;--goodGround:#11301f;--wait:#ffdc85;--waitGround:#372a09;--bad:#ffb9b1;--badGround:#431917;--calm:#b7d6ff;--calmGround:#142d49'

const rules = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--ground);color:var(--ink)}
h1,h2,h3,p,dl,dd,ul,ol,fieldset{margin:0;padding:0}
h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.1875rem;line-height:1.4}h3{font-size:1rem;line-height:1.45}
a{color:var(--act);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--act);outline-offset:3px;border-radius:.25rem}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:1}
.bar{background:var(--bar);color:var(--barInk);border-bottom:.25rem solid var(--mark)}
.bar>div{max-width:66rem;margin:auto;padding:.6rem 1rem;display:flex;gap:.5rem .75rem;align-items:center;flex-wrap:wrap}
.bar a{color:inherit;padding:.35rem 0}.bar .name{font-weight:700;flex:1 1 auto;text-decoration:none;line-height:1.3}
.bar :focus-visible{outline-color:currentColor}
.tag{background:var(--mark);color:var(--markInk);font-weight:700;border-radius:.25rem;padding:.1rem .5rem}
main{max-width:66rem;margin:auto;padding:1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}
main:focus{outline:0}
.card,.state{border-radius:.75rem;padding:1rem;display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem;align-content:start;overflow-wrap:anywhere}
.card{background:var(--card);border:1px solid var(--rule)}
.state{border-left:.375rem solid}
.good{background:var(--goodGround);color:var(--good)}.wait{background:var(--waitGround);color:var(--wait)}
.bad{background:var(--badGround);color:var(--bad)}.calm{background:var(--calmGround);color:var(--calm)}
.state a:not(.button){color:inherit}
.hint,dt{color:var(--soft);font-size:.9375rem}.state .hint{color:inherit}
.wrong{color:var(--bad);font-weight:600}
.badge{display:inline-block;border-radius:.375rem;padding:.05rem .5rem;font-weight:600;font-size:.9375rem}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr));gap:.5rem 1rem}
dd{font-weight:600}
.sum{font-size:1.5rem;line-height:1.3;font-variant-numeric:tabular-nums}
label,legend{display:block;font-weight:600;padding:0}
fieldset{border:0;min-width:0}
.field{display:grid;grid-template-columns:minmax(0,1fr);gap:.25rem}
.fee{margin-top:1rem}.fee legend{font-weight:400;margin-bottom:.25rem}
.pair{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,1fr);gap:.75rem;align-items:start}
.choice{display:flex;gap:.5rem;align-items:center;font-weight:400;min-height:2rem}
.choice input{width:1.5rem;height:1.5rem;margin:0;accent-color:var(--act)}
form{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem}
input:not([type=radio]),select{display:block;width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--card);font:inherit;color:var(--ink)}
[aria-invalid=true]{border:2px solid var(--bad)!important}
button,.button{display:block;width:100%;max-width:26rem;min-height:2.75rem;padding:.6rem 1rem;border:2px solid var(--act);border-radius:.5rem;background:var(--act);color:var(--actInk);font:inherit;font-weight:700;text-align:center;text-decoration:none;cursor:pointer}
.plain{background:var(--card);color:var(--act)}button.plain{width:auto}
.acts{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center}
.acts a,li a{display:inline-block;padding:.15rem 0;vertical-align:top}
.rows{list-style:none}
.rows>li{border-top:1px solid var(--rule);padding:.75rem 0;display:grid;grid-template-columns:minmax(0,1fr);gap:.25rem 1rem}
.rows>li:first-child{border-top:0;padding-top:0}
.rows .end{display:flex;flex-wrap:wrap;gap:.35rem .75rem;align-items:center}.rows form{display:block}
ol,ul:not(.rows){padding-left:1.25rem}
summary{cursor:pointer;padding:.25rem 0;color:var(--act)}
pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.875rem}
.figure{font-variant-numeric:tabular-nums;white-space:nowrap}
@media (min-width:48rem){.two{grid-template-columns:minmax(0,1fr) minmax(0,1fr);align-items:start}.whole{grid-column:1/-1}.rows>li{grid-template-columns:minmax(0,1fr) auto}.rows .end{flex-direction:column;align-items:flex-end;align-self:start}}
`

const css = `:root{color-scheme:light dark;${light}}@media (prefers-color-scheme:dark){:root{${dark}}}${rules.trim().replaceAll('\n', '')}`

export const portalHeaders = pageHeaders(css)

/** Where a reader is: the language, and the page's own address in another one. */
export interface Place {
  language: Language
  /** The page's path, and its query without the language. */
  path: string
  query: Readonly<Record<string, string>>
}

/** The address of a page of the portal, in a language. */
export const hrefOf = (language: Language, path: string, query: Readonly<Record<string, string>> = {}): string =>
  `${path}?${new URLSearchParams({ ...query, lang: language })}`

export const portalPath = '/demo-portal'

export const PortalShell: FC<PropsWithChildren<{ place: Place; heading: string; isWide?: boolean }>> = (shell) => {
  const { place, heading, isWide, children } = shell
  const { language } = place
  const copy = portalWords[language]
  const other = language === 'vi' ? 'en' : 'vi'
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${heading} – ${copy.name} (${copy.demo})`}</title>
          <style>{raw(css)}</style>
        </head>
        <body>
          <a class="skip" href="#main">
            {copy.skip}
          </a>
          <header class="bar">
            <div>
              <a class="name" href={hrefOf(language, portalPath)}>
                {copy.name}
              </a>
              <span class="tag">{copy.demo}</span>
              <a href={hrefOf(other, place.path, place.query)} lang={other} hreflang={other}>
                {copy.other}
              </a>
            </div>
          </header>
          <main id="main" tabindex={-1} class={isWide ? 'two' : ''}>
            <p class="state wait whole">{copy.note}</p>
            <h1 class="whole">{heading}</h1>
            {children}
          </main>
        </body>
      </html>
    </>
  )
}

/** By hand, or by itself for as long as the reader wants; nothing reloads that was not asked to. */
export const Refresh: FC<{ place: Place }> = ({ place: { language, path, query } }) => {
  const copy = portalWords[language].refresh
  const { watch, ...rest } = query
  return (
    <p class="acts whole">
      <a href={hrefOf(language, path, query)}>{copy.now}</a>
      {watch === '1' ? (
        <>
          <span>{copy.watching}</span>
          <a href={hrefOf(language, path, rest)}>{copy.stop}</a>
        </>
      ) : (
        <a href={hrefOf(language, path, { ...rest, watch: '1' })}>{copy.watch}</a>
      )}
    </p>
  )
}
