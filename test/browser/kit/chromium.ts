// Owns the browser: Chromium as it comes inside an npm package, unpacked once and launched without any package of the system.
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { packageRoot } from '../../../src/node/migrations.ts'

/** Starts it. `CHROMIUM` names another one, for machines for which the package holds none. */
export const launchChromium = async (): Promise<Browser> => {
  const given = process.env.CHROMIUM
  const folder = given ? null : await unpackChromium()
  return chromium.launch({
    executablePath: given ?? join(folder ?? '', 'chromium'),
    // The package's own list of arguments lowers the web's security, which is among the things that are tested here.
    args: ['--no-sandbox', '--disable-gpu', '--disable-webgl', '--font-render-hinting=none', '--no-pings'],
    env: { ...process.env, ...(folder ? environmentIn(folder) : {}) } as Record<string, string>,
    timeout: 60_000,
  })
}

/** Its own libraries and fonts, so that it starts, and lays out text alike, on every machine. */
const environmentIn = (folder: string) => ({
  LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
  FONTCONFIG_FILE: join(folder, 'fonts.conf'),
})

/** The folder with the browser of the installed version. Several processes may want it first at the same moment. */
const unpackChromium = async (): Promise<string> => {
  const build = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))
  const { version } = JSON.parse(await readFile(join(build, '..', 'package.json'), 'utf8')) as { version: string }
  const home = join(packageRoot(), '.tmp')
  const folder = join(home, `chromium-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(home, { recursive: true })
  const unfinished = await mkdtemp(join(home, 'chromium-unfinished-'))
  await unpackInto(unfinished, join(build, '..', 'bin'))
  await writeFile(join(unfinished, 'fonts.conf'), fontsIn(folder))
  try {
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** The package unpacks into the folder for temporary files, whatever that is at the moment. */
const unpackInto = async (folder: string, packed: string): Promise<void> => {
  const { inflate } = await import('@sparticuz/chromium')
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const parts = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']
    await Promise.all(parts.map((part) => inflate(join(packed, part))))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

const fontsIn = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`
