// What the terminal says when the gateway is up: what to open, and an order that is ready to be paid.

import type { Deps } from '../flows/deps.ts'
import { placeOrder } from '../flows/place-order.ts'
import { businessDay } from '../lib/time.ts'
import { registry } from '../providers/registry.ts'
import { kindOf, readSampleProcedures } from './demo-fees.ts'
import type { DemoFile } from './demo-file.ts'
import { provinceCode } from './demo-province.ts'
import type { Gateway } from './start-gateway.ts'

/** The lines to print. In the demo an order is placed once a day, so that its checkout page can be tried at once. */
export async function welcome({ url, deps, demo }: Gateway): Promise<string> {
  if (!demo) return `LePhi serves ${url}`
  const checkout = await placeSampleOrder(deps, demo.contents)
  const lines: [string, string][] = [
    ['Front page', `${url}/`],
    ['API', `${url}/docs`],
    ['Pay an order', checkout],
    ['Make an order', `${url}/demo-portal`],
    ['Accountants', `${url}/console`],
    ['Simulated providers', `${url}/simulators`],
    ['Clients and keys', demo.file],
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return [
    '',
    `LePhi serves the demo at ${url} (${Object.keys(registry).length} providers, all simulated)`,
    '',
    ...lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'Ctrl-C stops it; the data stays.',
    '',
  ].join('\n')
}

const sampleProcedure = 'lltp'

/** The same order all day, since the Idempotency-Key names the day; and the address, which the first answer to a key repeats. */
const placeSampleOrder = async (deps: Deps, demo: DemoFile): Promise<string> => {
  const procedure = (await readSampleProcedures()).find(({ id }) => id === sampleProcedure)
  const fee = procedure?.fee_lines.find(({ calc }) => calc.kind === 'fixed')
  if (!procedure || fee?.calc.kind !== 'fixed')
    throw new Error(`demo/fees.json has no ${sampleProcedure} with a fixed fee`)
  const day = businessDay(deps.now())
  const agencyCode = `${provinceCode}.12.03`
  const { body } = await placeOrder(
    deps,
    { clientId: demo.clients.portal.client_id, agency: provinceCode },
    {
      dossierCode: `${agencyCode}-${day.slice(2).replaceAll('-', '')}-0001`,
      agencyCode,
      procedureCode: procedure.local_code,
      procedureName: procedure.procedure_name_vi,
      payer: { name: 'Nguyễn Thị Lan', identity_number: '038190001234' },
      lines: [
        {
          feeCode: fee.line_code,
          kind: kindOf[fee.type],
          description: fee.name_vi,
          unitAmount: fee.calc.amount_vnd,
          quantity: 1,
          budgetItem: fee.tieu_muc,
          exemption: null,
        },
      ],
      collectionStage: 'before_acceptance',
      expiresAt: null,
      returnUrl: `${deps.publicUrl}/`,
      language: 'vi',
      metadata: {},
    },
    { key: `welcome ${day} ${deps.publicUrl}`, body: { welcome: day } },
  )
  const order: unknown = JSON.parse(body)
  const url = typeof order === 'object' && order !== null && 'checkout_url' in order ? order.checkout_url : null
  return String(url)
}
