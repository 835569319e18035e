/** The reports there are, and what each is for. */
import { reportNames } from '../../../domain/report-columns.ts'
import { defineScreen, everybody } from '../screen.ts'
import { words } from './words.ts'

export const reportsScreen = defineScreen({
  path: '/reports',
  roles: everybody,
  nav: { section: 'books', words: { vi: words.vi.title, en: words.en.title } },
  view: async ({ language }) => {
    const copy = words[language]
    return {
      title: copy.title,
      body: (
        <>
          <p>
            {copy.intro} {language === 'en' ? copy.language : ''}
          </p>
          <ul class="cards list">
            {reportNames.map((name) => (
              <li class="card">
                <h2>
                  <a href={`/console/reports/${name}`}>{copy.reports[name][0]}</a>
                </h2>
                <p>{copy.reports[name][1]}</p>
              </li>
            ))}
          </ul>
        </>
      ),
    }
  },
})
