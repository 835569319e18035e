// `npm start`: the gateway on Node, until Ctrl-C.
import { type Config, ConfigError, readConfig } from './config.ts'
import { createLog } from './lib/log.ts'
import { type Gateway, startGateway } from './node/start-gateway.ts'
import { welcome } from './node/welcome.ts'

/** npm hands the terminal's Ctrl-C on, so that one press may arrive twice. */
const secondPressAfterMs = 1_000

const main = async (): Promise<void> => {
  const config = configOrExit()
  const log = createLog({ write: (line) => console.error(line), now: () => new Date(), level: config.logLevel })
  let gateway: Gateway | undefined
  let endingSince: number | undefined
  const end = async (): Promise<void> => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > secondPressAfterMs) process.exit(130)
      return
    }
    endingSince = performance.now()
    // Still starting: the server of the database is stopped as the process exits.
    if (!gateway) process.exit(130)
    await gateway.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end())
  try {
    gateway = await startGateway(config, log)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    if (error instanceof Error && config.logLevel === 'debug') console.error(error.stack)
    process.exit(1)
  }
  console.log(await welcome(gateway))
}

const configOrExit = (): Config => {
  try {
    return readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(`The gateway cannot start like this:\n${error.message}`)
    process.exit(2)
  }
}

await main()
