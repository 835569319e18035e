/** The file of a statement as it is read back: opened piece by piece, never whole in memory. */
import { sealedFor } from '../domain/sealed-columns.ts'
import { readChunk } from '../store/statements.ts'
import type { Deps } from './deps.ts'

export const chunkBytes = 256 * 1024

/** What the pieces of a file are sealed for. */
export const chunkContext = (statementId: string, chunkNo: number): string =>
  sealedFor.statementChunk(statementId, chunkNo)

/** The bytes of a file as a stream. `onRead` hears how many bytes were handed out so far, before each piece. */
export const openFile = (
  deps: Deps,
  statementId: string,
  onRead: (bytes: number) => Promise<void> = async () => undefined,
): ReadableStream<Uint8Array> => {
  let [chunkNo, bytes] = [0, 0]
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const piece = await readPiece(deps, statementId, chunkNo)
        if (!piece) return controller.close()
        await onRead(bytes)
        chunkNo += 1
        bytes += piece.length
        controller.enqueue(piece)
      },
    },
    { highWaterMark: 1 },
  )
}

/** The first bytes of a file; empty when it has none. */
export const readHead = async (deps: Deps, statementId: string): Promise<Uint8Array> =>
  (await readPiece(deps, statementId, 0)) ?? new Uint8Array(0)

const readPiece = async (deps: Deps, statementId: string, chunkNo: number): Promise<Uint8Array | null> => {
  const sealed = await readChunk(deps.db, statementId, chunkNo)
  return sealed && deps.box.open(sealed, chunkContext(statementId, chunkNo))
}
