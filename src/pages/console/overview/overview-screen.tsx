/** The first page: how much money came, and what still wants attention. */
import { z } from 'zod'
import { pageOf } from '../console-api.ts'
import { Card, Facts } from '../parts.tsx'
import { defineScreen, everybody } from '../screen.ts'
import { words } from './words.ts'

const discrepancies = pageOf(z.object({ id: z.string() }))

export const overviewScreen = defineScreen({
  path: '',
  roles: everybody,
  nav: { section: 'daily', words: { vi: words.vi.title, en: words.en.title } },
  view: async ({ api, language }) => {
    const copy = words[language]
    const open = await api.get(discrepancies, '/v1/discrepancies', { status: 'open', limit: 200 })
    return {
      title: copy.title,
      body: (
        <Card>
          <Facts rows={[[copy.open, `${open.data.length}${open.next_cursor ? '+' : ''}`]]} />
        </Card>
      ),
    }
  },
})
