// Whether the environment is one that the gateway starts with.
import { type Config, ConfigError, readConfig } from '../../config.ts'
import { broken, type Finding, fine } from '../../domain/finding.ts'

/** The configuration, and what was found; null where a variable is wrong. */
export const lookAtConfiguration = (
  env: NodeJS.ProcessEnv,
): { config: Config | null; findings: readonly Finding[] } => {
  try {
    const config = readConfig(env)
    const database = config.databaseUrl ? 'a PostgreSQL of its own' : 'the embedded database'
    return { config, findings: [fine('configuration', `${config.mode}, at ${config.publicUrl}, on ${database}`)] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    // A line for each variable, which it names.
    const findings = error.message.split('\n').map((found) =>
      broken('configuration', {
        found,
        todo: 'Set the variable where the gateway is started; docs/operations.md lists them all',
      }),
    )
    return { config: null, findings }
  }
}
