/** The frame of every screen: who is signed in, where one can go, and the one main part. */
import { raw } from 'hono/html'
import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import type { Staff } from '../../domain/staff.ts'
import type { Language } from '../language.ts'
import { type Screen, type Section, sections } from './screen.ts'
import { consoleScript } from './script.ts'
import { consoleStyle } from './style.ts'
import { words } from './words.ts'

export type FrameProps = {
  language: Language
  title: string
  /** Where this very page speaks the other language. */
  otherLanguageHref: string
  isDemo: boolean
  /** Null for pages that are shown to anybody. */
  staff: Staff | null
  formToken: string
  /** The screens that the person may see, in the order of the navigation. */
  screens: readonly Screen[]
  /** The path of the screen that is shown, below /console. */
  path: string
  refreshSeconds?: number | undefined
}

export const Frame: FC<PropsWithChildren<FrameProps>> = (props) => {
  const { language, title, staff, refreshSeconds, children } = props
  const copy = words[language]
  return (
    <>
      {raw('<!doctype html>')}
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width,initial-scale=1" />
          <meta name="robots" content="noindex" />
          {refreshSeconds ? (
            <noscript>
              <meta http-equiv="refresh" content={String(refreshSeconds)} />
            </noscript>
          ) : null}
          <title>{`${title} – ${copy.console}`}</title>
          <link rel="stylesheet" href={consoleStyle.path} />
          <script src={consoleScript.path} defer></script>
        </head>
        <body>
          <a class="skip" href="#main">
            {copy.skip}
          </a>
          <Top {...props} />
          <div class={staff ? 'house' : 'house alone'}>
            {staff ? <Navigation {...props} /> : null}
            <main id="main" tabindex={-1}>
              <h1>{title}</h1>
              {children}
            </main>
          </div>
        </body>
      </html>
    </>
  )
}

const Top: FC<FrameProps> = ({ language, otherLanguageHref, staff, formToken, isDemo }) => {
  const copy = words[language]
  const other = language === 'vi' ? 'en' : 'vi'
  return (
    <header class="top">
      <a class="name" href="/console">
        {copy.console}
      </a>
      {isDemo ? <span class="demo">{copy.demo}</span> : null}
      <span class="gap"></span>
      {staff ? (
        <span class="who">
          <b>{staff.name}</b> · {copy.roles[staff.role]} · {staff.agency}
        </span>
      ) : null}
      <a href={otherLanguageHref} lang={other} hreflang={other}>
        {copy.otherLanguage}
      </a>
      {staff ? (
        <form method="post" action="/console/sign-out">
          <input type="hidden" name="form_token" value={formToken} />
          <button type="submit" class="quiet">
            {copy.signOut}
          </button>
        </form>
      ) : null}
    </header>
  )
}

const Navigation: FC<FrameProps> = ({ language, screens, path }) => {
  const copy = words[language]
  const shown = (section: Section) => screens.filter(({ nav }) => nav?.section === section)
  return (
    <nav aria-label={copy.menu}>
      <details class="menu" open>
        <summary>{copy.menu}</summary>
        {sections.map((section) =>
          shown(section).length === 0 ? null : (
            <section>
              <h2>{copy.sections[section]}</h2>
              <ul>
                {shown(section).map((screen) => (
                  <li>
                    <a href={`/console${screen.path}`} aria-current={isBelow(path, screen.path) ? 'page' : undefined}>
                      {screen.nav?.words[language] as Child}
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ),
        )}
      </details>
    </nav>
  )
}

const isBelow = (path: string, screenPath: string): boolean =>
  screenPath === '' ? path === '' : path === screenPath || path.startsWith(`${screenPath}/`)
