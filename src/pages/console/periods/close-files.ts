/** The signed close of a day as files: as it was signed, and its content. */
import { defineScreen, everybody, type Visit } from '../screen.ts'

const pathOf = ({ params }: Visit): string =>
  `/v1/periods/${encodeURIComponent(params.account ?? '')}/${encodeURIComponent(params.day ?? '')}`

const fileOf = (visit: Visit, { body, type, ending }: { body: string; type: string; ending: string }): Response =>
  new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="khoa-so-${visit.params.day}.${ending}"`,
    },
  })

export const closeFile = defineScreen({
  path: '/periods/:account/:day/close.jws',
  roles: everybody,
  view: async (visit) => {
    const answer = await visit.api.raw(pathOf(visit), { headers: { accept: 'application/jose' } })
    return fileOf(visit, { body: await answer.text(), type: 'application/jose', ending: 'jws' })
  },
})

/** The very bytes that were signed: the middle part of the JWS. */
export const closeContent = defineScreen({
  path: '/periods/:account/:day/close.json',
  roles: everybody,
  view: async (visit) => {
    const answer = await visit.api.raw(pathOf(visit), { headers: { accept: 'application/jose' } })
    const [, payload = ''] = (await answer.text()).split('.')
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
    return fileOf(visit, {
      body: new TextDecoder().decode(bytes),
      type: 'application/json; charset=utf-8',
      ending: 'json',
    })
  },
})
