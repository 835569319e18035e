// Zip archives from strangers, read as they come, within limits; what is not asked for is neither unpacked nor kept. Runs on Workers.
import { type AsyncFlateStreamHandler, Inflate, Unzip, type UnzipDecoderConstructor } from 'fflate'
import { givingWay, turnBytes } from './give-way.ts'
import { crc32, directoryMax, readDirectory } from './zip-directory.ts'

/** A file that is no zip, is damaged, or holds more than is taken. The message quotes nothing of it. */
export class ZipProblem extends Error {
  override name = 'ZipProblem'
}

/** Takes the bytes of one entry. */
export type ZipSink = { write: (bytes: Uint8Array) => void; end: () => void }

/** `bytesMax` is for the packed file, `inflatedMax` for all entries that are read, `ratioMax` for each of them once it is longer than 1 MiB. */
export type ZipLimits = { bytesMax: number; entriesMax: number; inflatedMax: number; ratioMax: number }

/**
 * Reads a zip and hands the entries that `open` has a sink for to it. Yields now and then, so that what the sinks made can be taken before there is more, and gives
 * way, so that a file which unpacks to a thousand times its size holds nobody up. Throws ZipProblem, and what a sink throws.
 */
export async function* readZip(
  file: ReadableStream<Uint8Array>,
  open: (name: string) => ZipSink | null,
  limits: ZipLimits,
): AsyncGenerator<void> {
  const read = new Map<string, number>()
  const unpacked: Unpacked[] = []
  const unzip = newUnzip(open, limits, (piece) => unpacked.push(piece))
  const giveWay = givingWay()
  const tail = newTail()
  const reader = file.getReader()
  let bytes = 0
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length
      if (bytes > limits.bytesMax) throw new ZipProblem(`the file has more than ${limits.bytesMax} bytes`)
      tail.add(part.value)
      for (let from = 0; from < part.value.length; from += stepBytes) {
        push(unzip, part.value.subarray(from, from + stepBytes), false)
        await giveWay(stepBytes)
        yield* pourOut(unpacked.splice(0), read, giveWay)
      }
    }
    push(unzip, new Uint8Array(0), true)
    yield* pourOut(unpacked.splice(0), read, giveWay)
    const directory = readDirectory(tail.joined(), bytes)
    const isWhole = directory && [...read].every(([name, crc]) => directory.get(name) === crc)
    if (!isWhole) throw new ZipProblem(damaged)
    yield
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** A byte of deflate is at most 1,032 bytes of content, which come at once: 2 MiB from one step. */
const stepBytes = 2_048
const damaged = 'the file is damaged or cut off'
const ratioFrom = 1_048_576

/** The last pieces of a file, of which the directory is part. */
const newTail = () => {
  const pieces: Uint8Array[] = []
  let length = 0
  return {
    add: (piece: Uint8Array): void => {
      pieces.push(piece)
      length += piece.length
      while (length - (pieces[0]?.length ?? 0) >= directoryMax) length -= pieces.shift()?.length ?? 0
    },
    joined: (): Uint8Array => {
      const all = new Uint8Array(length)
      let at = 0
      for (const piece of pieces) {
        all.set(piece, at)
        at += piece.length
      }
      return all
    },
  }
}

/** Content of an entry on its way to its sink; without bytes, its end. */
type Unpacked = { name: string; sink: ZipSink; bytes: Uint8Array | null }

/** Hands on what a step has unpacked, a little in each turn, and notes in `sums` what the content of each entry adds up to. */
async function* pourOut(
  unpacked: readonly Unpacked[],
  sums: Map<string, number>,
  giveWay: ReturnType<typeof givingWay>,
): AsyncGenerator<void> {
  for (const { name, sink, bytes } of unpacked) {
    for (let from = 0; bytes && from < bytes.length; from += turnBytes) {
      const piece = bytes.subarray(from, from + turnBytes)
      sums.set(name, crc32(piece, sums.get(name) ?? 0))
      sink.write(piece)
      yield
      await giveWay(piece.length)
    }
    if (!bytes) sink.end()
  }
}

const push = (unzip: Unzip, bytes: Uint8Array, isLast: boolean): void => {
  try {
    unzip.push(bytes, isLast)
  } catch (error) {
    // The library numbers its own errors.
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') {
      throw new ZipProblem(damaged)
    }
    throw error
  }
}

const newUnzip = (
  open: (name: string) => ZipSink | null,
  limits: ZipLimits,
  onUnpacked: (piece: Unpacked) => void,
): Unzip => {
  const names = new Set<string>()
  const count = { inflated: 0 }
  const unzip = new Unzip((entry) => {
    if (names.size >= limits.entriesMax) throw new ZipProblem(`the file has more than ${limits.entriesMax} entries`)
    // Which of two a program shows is its own choice.
    if (names.has(entry.name)) throw new ZipProblem('the file has two entries of one name')
    if (entry.compression !== 0 && entry.compression !== 8) {
      throw new ZipProblem('the file is packed in a way that is not read')
    }
    names.add(entry.name)
    entry.ondata = () => undefined
    entry.start()
  })
  unzip.register(decoderOf(0, open, { limits, count, onUnpacked }))
  unzip.register(decoderOf(8, open, { limits, count, onUnpacked }))
  return unzip
}

type Counting = { limits: ZipLimits; count: { inflated: number }; onUnpacked: (piece: Unpacked) => void }

/** The library asks for a class by kind of packing. An entry without a sink is passed over as it stands. */
const decoderOf = (
  compression: 0 | 8,
  open: (name: string) => ZipSink | null,
  { limits, count, onUnpacked }: Counting,
): UnzipDecoderConstructor =>
  class {
    static compression = compression
    ondata: AsyncFlateStreamHandler = () => undefined
    readonly #name: string
    readonly #sink: ZipSink | null
    readonly #inflate: Inflate | null
    #packed = 0
    #inflated = 0

    constructor(name: string) {
      this.#name = name
      this.#sink = open(name)
      const isPacked = compression === 8 && this.#sink !== null
      this.#inflate = isPacked ? new Inflate((bytes) => this.#take(bytes)) : null
    }

    push(bytes: Uint8Array, isLast: boolean): void {
      if (!this.#sink) return
      this.#packed += bytes.length
      if (this.#inflate) this.#inflate.push(bytes, isLast)
      else this.#take(bytes)
      if (isLast) onUnpacked({ name: this.#name, sink: this.#sink, bytes: null })
    }

    #take(bytes: Uint8Array): void {
      count.inflated += bytes.length
      this.#inflated += bytes.length
      const isBomb = this.#inflated > ratioFrom && this.#inflated > this.#packed * limits.ratioMax
      if (isBomb || count.inflated > limits.inflatedMax) throw new ZipProblem('the file unpacks to more than is taken')
      if (bytes.length > 0 && this.#sink) onUnpacked({ name: this.#name, sink: this.#sink, bytes })
    }
  }
