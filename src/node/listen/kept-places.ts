// Where each listener stopped and what it signs with, in a file that only its owner reads: started again, it goes on from there with the same secret.
import { join } from 'node:path'
import { z } from 'zod'
import { readPrivateFile, writePrivateFile } from '../private-file.ts'

const place = z.strictObject({ after: z.string().nullable(), secret: z.string(), at: z.string() })
const file = z.record(z.string(), place)

export type Place = { after: string | null; secret: string }

/** Listeners that are remembered; the one that was not used for longest is forgotten first. */
const placesMax = 100

export const placesPath = (dataDir: string): string => join(dataDir, 'listen.json')

/** The place of one listener, by gateway, client and target; null where there is none. Throws an Error that says what to do. */
export async function readPlace(dataDir: string, listener: string): Promise<Place | null> {
  const places = await readPlaces(dataDir)
  return places[listener] ?? null
}

export async function keepPlace(dataDir: string, listener: string, kept: Place): Promise<void> {
  const { [listener]: _former, ...others } = await readPlaces(dataDir)
  const latest = Object.entries(others)
    .toSorted(([, a], [, b]) => b.at.localeCompare(a.at))
    .slice(0, placesMax - 1)
  const places = { ...Object.fromEntries(latest), [listener]: { ...kept, at: new Date().toISOString() } }
  await writePrivateFile(placesPath(dataDir), `${JSON.stringify(places, null, 2)}\n`)
}

const readPlaces = async (dataDir: string): Promise<z.output<typeof file>> => {
  const text = await readPrivateFile(placesPath(dataDir))
  if (text === null) return {}
  try {
    return file.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${placesPath(dataDir)} cannot be read; remove it to begin anew`, { cause })
  }
}
