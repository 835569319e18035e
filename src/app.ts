/** The whole gateway: every route, the operations, the console, and whatever simulators an entry brings along. */
import type { Hono } from 'hono'
import { setAdmissionGauges } from './api/admit.ts'
import { documentOf } from './api/document.ts'
import type { OpenApiDocument } from './api/document-parts.ts'
import type { ApiEnv } from './api/env.ts'
import { createInnerApi } from './api/inner.ts'
import { mountOperationPages } from './api/operation-pages.ts'
import { routeTable } from './api/routes.ts'
import { type Around, assembleApp, type Extras } from './assemble.ts'
import type { Config } from './config.ts'
import { setReceiptGauges } from './flows/chase-receipts.ts'
import type { Deps } from './flows/deps.ts'
import { setHealthGauges } from './flows/read-health.ts'
import { createMoneyWatch } from './flows/watch-money.ts'
import { setRefundGauge } from './flows/watch-refunds.ts'
import { consolePages } from './pages/console/index.tsx'
import { officePages } from './pages/office-pages.ts'

export type { Extras }

/** The gateway as one Hono app: `app.fetch(request, env)`. Nothing is sent and nothing is started before the first request. */
export const buildApp = (deps: Deps, config: Config, extras: Extras = {}): Hono<ApiEnv> =>
  assembleApp(deps, config, extras, { routes: routeTable, more: addOffice, morePages: officePages })

/** The document of all routes; needs no database. `npm run openapi` writes it to openapi.yaml. */
export const openApiDocument = (): OpenApiDocument => documentOf(routeTable)

/** What neither payers nor portals ask for. */
const addOffice = (
  app: Hono<ApiEnv>,
  { deps, config, extras, admission, pipeline, clientAddress, waitOf }: Around,
): void => {
  const { metrics } = deps
  const setMoneyGauges = createMoneyWatch(deps)
  mountOperationPages(app, {
    metrics,
    setGauges: async () => {
      setAdmissionGauges(metrics, admission)
      await Promise.all([setHealthGauges(deps), setRefundGauge(deps), setReceiptGauges(deps), setMoneyGauges()])
    },
    metricsToken: config.metricsToken,
    mode: deps.mode,
    document: openApiDocument,
  })
  if (extras.simulators && deps.mode === 'demo') app.route('/simulators', extras.simulators)
  if (extras.demoPortal && deps.mode === 'demo') app.route('/demo-portal', extras.demoPortal)
  app.route(
    '/console',
    consolePages({
      deps,
      innerApi: createInnerApi(routeTable, pipeline),
      clientAddress,
      signIn: {
        settings: config.openId,
        allow: (c) => waitOf('sign_in', c.req.raw, c.env),
        allowLogout: (c) => waitOf('token', c.req.raw, c.env),
      },
    }),
  )
}
