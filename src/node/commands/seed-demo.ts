// Fills an empty gateway with the demo's province, for a gateway that is started by other means than `npm start`.
import { demoFilePath, writeDemoFile } from '../demo-file.ts'
import { createDemoSecrets } from '../demo-keys.ts'
import { seedDemo } from '../seed-demo.ts'
import { type Command, UsageError } from './command.ts'

export const seedDemoCommand: Command = {
  group: 'Develop and try',
  usage: '',
  summary: 'Add the demo province and write demo.json; what is there already stays',
  example: 'npx lephi seed-demo',
  options: {},
  run: async ({ config, open }) => {
    if (config.mode !== 'demo') throw new UsageError('seed-demo is refused in production: set LEPHI_MODE=demo')
    const { deps, masterKeys } = await open()
    const [key] = masterKeys
    if (!key) throw new UsageError('there is no master key')
    const { demo } = await seedDemo(deps, createDemoSecrets(key))
    await writeDemoFile(config.dataDir, demo)
    const file = demoFilePath(config.dataDir)
    const accounts = Object.entries(demo.merchant_accounts).map(([provider, { id }]) => ({ provider, id }))
    return {
      exitCode: 0,
      lines: [`Seeded for ${demo.base_url}; clients and keys are in ${file}`],
      json: { base_url: demo.base_url, file, agency_code: demo.agency_code, merchant_accounts: accounts },
    }
  },
}
