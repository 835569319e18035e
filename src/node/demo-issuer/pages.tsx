// The pages of the demo's issuer: who signs in, and that it is over. They work without scripts.
import { raw } from 'hono/html'
import type { FC, PropsWithChildren } from 'hono/jsx'
import { consoleHeaders } from '../../pages/console/policy.ts'
import { consoleStyle } from '../../pages/console/style.ts'
import { words as consoleWords } from '../../pages/console/words.ts'
import type { Language } from '../../pages/language.ts'
import type { DemoPerson } from './people.ts'

/** Forms lead back to the console, which may be reached under another name than the issuer. */
export const pageAnswerHeaders = consoleHeaders({ formActions: ['http:', 'https:'] })

/** One press on a name signs in. */
export const choosePage = (
  language: Language,
  { people, action }: { people: readonly DemoPerson[]; action: string },
): string => {
  const copy = words[language]
  return render(
    <Page language={language} title={copy.choose}>
      <p>{copy.explain}</p>
      <form method="post" action={action}>
        {people.map(({ subject, name, role, agencyName }) => (
          <div class="card">
            <button type="submit" name="person" value={subject} aria-describedby={`of-${subject}`}>
              {name}
            </button>
            <p id={`of-${subject}`}>
              <b>{consoleWords[language].roles[role]}</b> · {agencyName}
            </p>
          </div>
        ))}
        <button class="plain" type="submit" name="person" value="">
          {copy.nobody}
        </button>
      </form>
    </Page>,
  )
}

/** `form` is the markup that oidc-provider wants posted; its buttons are ours. */
export const signOutPage = (language: Language, form: string): string => {
  const copy = words[language]
  const id = /id="([\w.-]+)"/.exec(form)?.[1] ?? ''
  return render(
    <Page language={language} title={copy.signOut}>
      {raw(form)}
      <div class="acts">
        <button type="submit" form={id} name="logout" value="yes">
          {copy.signOutYes}
        </button>
        <button class="plain" type="submit" form={id}>
          {copy.signOutNo}
        </button>
      </div>
    </Page>,
  )
}

export const messagePage = (language: Language, what: 'signed_out' | 'failed'): string => {
  const copy = words[language]
  return render(
    <Page language={language} title={copy[what]}>
      <p>
        <a href="/console">{copy.back}</a>
      </p>
    </Page>,
  )
}

const Page: FC<PropsWithChildren<{ language: Language; title: string }>> = ({ language, title, children }) => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width,initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>{`${title} – ${words[language].name}`}</title>
      <link rel="stylesheet" href={consoleStyle.path} />
    </head>
    <body>
      <header class="top">
        <span class="name">{words[language].name}</span>
        <span class="demo">{words[language].demo}</span>
      </header>
      <div class="house alone">
        <main>
          <h1>{title}</h1>
          {children}
        </main>
      </div>
    </body>
  </html>
)

const render = (page: unknown): string => `<!doctype html>${String(page)}`

type Words = Record<
  | 'demo'
  | 'name'
  | 'choose'
  | 'explain'
  | 'nobody'
  | 'signOut'
  | 'signOutYes'
  | 'signOutNo'
  | 'signed_out'
  | 'failed'
  | 'back',
  string
>

const words: Record<Language, Words> = {
  vi: {
    demo: 'BẢN DÙNG THỬ',
    name: 'Dịch vụ đăng nhập mô phỏng',
    choose: 'Bạn là ai?',
    explain: 'Đây là bản dùng thử: chọn một người để đăng nhập, không cần mật khẩu. Mỗi người có quyền khác nhau.',
    nobody: 'Không đăng nhập',
    signOut: 'Đăng xuất khỏi dịch vụ đăng nhập mô phỏng?',
    signOutYes: 'Đăng xuất',
    signOutNo: 'Không',
    signed_out: 'Đã đăng xuất',
    failed: 'Không thể đăng nhập. Hãy bắt đầu lại.',
    back: 'Về trang kế toán',
  },
  en: {
    demo: 'DEMO',
    name: 'Simulated sign-in service',
    choose: 'Who are you?',
    explain: 'This is a demo: choose a person to sign in, no password is needed. Each of them may do other things.',
    nobody: 'Do not sign in',
    signOut: 'Sign out of the simulated sign-in service?',
    signOutYes: 'Sign out',
    signOutNo: 'No',
    signed_out: 'Signed out',
    failed: 'Signing in failed. Please start again.',
    back: 'To the accountants’ pages',
  },
}
