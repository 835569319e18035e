/** The frame of every page: language, title, style, skip link, who we are, and whom to call. */
import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Copy } from './copy.ts'
import { dictionary } from './dictionary.ts'
import type { Language } from './language.ts'
import { liveScript } from './live-script.ts'
import { css } from './theme.ts'

export type Frame = {
  language: Language
  title: string
  /** Where this very page speaks the other language. */
  otherLanguageHref: string
  /** The telephone of the agency that is paid, as it was entered. */
  agencyPhone?: string | null
  /** Reloads the page by itself; `url` is where to. On a live page only where no script runs. */
  refresh?: { seconds: number; url: string } | null
  /** The page waits for news; its main part says of what. */
  isLive?: boolean
  /** The page may be kept as a file, so it loads nothing. */
  isSaved?: boolean
}

export const Layout: FC<PropsWithChildren<Frame>> = ({
  language,
  title,
  otherLanguageHref,
  agencyPhone,
  refresh,
  isLive,
  isSaved,
  children,
}) => {
  const copy = dictionary[language]
  const other = language === 'vi' ? 'en' : 'vi'
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="robots" content="noindex" />
          <meta name="referrer" content="no-referrer" />
          {refresh && isLive ? (
            <noscript>
              <Refresh {...refresh} />
            </noscript>
          ) : null}
          {refresh && !isLive ? <Refresh {...refresh} /> : null}
          <title>{`${title} – ${copy.service}`}</title>
          <style>{raw(isSaved ? css.saved : css.online)}</style>
        </head>
        <body>
          <a class="skip" href="#main">
            {copy.skip}
          </a>
          <header class="top">
            <div>
              <span class="name">{copy.service}</span>
              <a href={otherLanguageHref} lang={other} hreflang={other}>
                {copy.otherLanguage}
              </a>
            </div>
          </header>
          {children}
          <Hotlines copy={copy} agencyPhone={agencyPhone ?? null} />
          {isLive ? <div id="live" class="unseen" role="status" /> : null}
          {isLive ? <script>{raw(liveScript)}</script> : null}
        </body>
      </html>
    </>
  )
}

const Refresh: FC<{ seconds: number; url: string }> = ({ seconds, url }) => (
  <meta http-equiv="refresh" content={`${seconds};url=${url}`} />
)

/** Published numbers: the national hotline, and the public-service centre of Thanh Hóa. */
const nationalHotline = '18001096'
const provinceHotline = '02373.900.900'

const Hotlines: FC<{ copy: Copy; agencyPhone: string | null }> = ({ copy, agencyPhone }) => (
  <footer class="foot">
    <h2>{copy.hotline.heading}</h2>
    <ul>
      {agencyPhone ? <HotlineItem name={copy.hotline.agency} number={agencyPhone} /> : null}
      <HotlineItem name={copy.hotline.national} number={nationalHotline} />
      <HotlineItem name={copy.hotline.province} number={provinceHotline} />
    </ul>
    <p>{copy.hotline.secrets}</p>
  </footer>
)

const HotlineItem: FC<{ name: string; number: string }> = ({ name, number }) => (
  <li>
    {name}: <a href={`tel:${number.replaceAll(/[^\d+]/g, '')}`}>{number}</a>
  </li>
)

/** What the script of a page goes by: where it hears of news, where the page is fetched from, and in how many milliseconds the page says something else by itself. */
export type Live = { events: string; self: string; soonMs: number | null }

/** The main part; the skip link leads here. */
export const Main: FC<PropsWithChildren<{ columns?: boolean; live?: Live | null }>> = ({ columns, live, children }) => (
  <main
    id="main"
    tabindex={-1}
    class={columns ? 'two' : ''}
    data-live={live?.events}
    data-self={live?.self}
    data-soon={live?.soonMs ?? undefined}
  >
    {children}
  </main>
)

export type Tone = 'good' | 'wait' | 'bad' | 'calm'

/** Shapes differ by tone, so that no state is told by colour alone. */
const shapes: Record<Tone, string> = {
  good: 'M7 12.5l3.5 3.5L17 9',
  wait: 'M12 6.5V12l3.5 2',
  bad: 'M12 6.5v7M12 17v.5',
  calm: 'M12 11v6.5M12 7v.5',
}

/** The one statement of a page: title, text, and what may be done about it. It is announced when the page is read aloud. */
export const StatePanel: FC<PropsWithChildren<{ tone: Tone; title: string; text: string; isSecond?: boolean }>> = ({
  tone,
  title,
  text,
  isSecond,
  children,
}) => (
  <section class={`state wide ${tone}`}>
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <circle cx="12" cy="12" r="10" />
      <path d={shapes[tone]} />
    </svg>
    {isSecond ? <h2>{title}</h2> : <h1>{title}</h1>}
    <p role="status">
      <Stressed text={text} />
    </p>
    {children}
  </section>
)

/** Text in which what stands between two `**` is stressed. */
const Stressed: FC<{ text: string }> = ({ text }) => (
  <>{text.split('**').map((part, index) => (index % 2 === 1 ? <strong>{part}</strong> : part))}</>
)
