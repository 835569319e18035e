/**
 * What a runtime gives besides the ports that flows are handed: random numbers, signatures in another thread, timers, and signals that end a call. While a town is simulated
 * in this process they follow its seed and its clock, and afterwards they are what they were.
 */
import type { Random } from './random.ts'
import type { Appointment, Schedule } from './schedule.ts'

/** Stands in until the answer is called. One town at a time. */
export const stillRuntime = ({ schedule, random }: { schedule: Schedule; random: Random }): (() => void) => {
  const undo = [
    // First, because it is made of the methods that are replaced after it.
    replaceGenerateKey(schedule, random.fork('keys')),
    ...besideMethods.map((name) => replaceSubtle(name, schedule)),
    replace(crypto, 'getRandomValues', fillFrom(random.fork('values'))),
    ...replaceTimers(schedule),
    replace(AbortSignal, 'timeout', (ms: number) => timeoutSignal(schedule, ms)),
  ]
  return () => {
    for (const each of undo) each()
  }
}

const besideMethods = ['sign', 'verify', 'digest', 'encrypt', 'decrypt', 'importKey', 'exportKey'] as const

const replace = (owner: object, name: string, value: unknown): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, { value, configurable: true, writable: true })
  return () => {
    if (before) Object.defineProperty(owner, name, before)
    else Reflect.deleteProperty(owner, name)
  }
}

type Method = (...args: unknown[]) => Promise<unknown>

const replaceSubtle = (name: string, schedule: Schedule): (() => void) => {
  const original = Reflect.get(crypto.subtle, name) as Method
  return replace(crypto.subtle, name, (...args: unknown[]) => schedule.beside(original.apply(crypto.subtle, args)))
}

/** RFC 8410, section 7: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const pkcs8Head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

/** Our own signing keys are all Ed25519; any other key is as random as ever, and would show as two runs that differ. */
const replaceGenerateKey = (schedule: Schedule, random: Random): (() => void) => {
  const { subtle } = crypto
  const original = subtle.generateKey as Method
  const [importKey, exportKey] = [subtle.importKey.bind(subtle), subtle.exportKey.bind(subtle)]
  const make = async (...args: unknown[]): Promise<unknown> => {
    const [algorithm] = args
    const name = typeof algorithm === 'string' ? algorithm : String(Reflect.get(algorithm as object, 'name'))
    if (name !== 'Ed25519') return original.apply(subtle, args)
    const bytes = Uint8Array.from([...pkcs8Head, ...random.bytes(32)])
    const privateKey = await importKey('pkcs8', bytes, 'Ed25519', true, ['sign'])
    const { kty, crv, x } = await exportKey('jwk', privateKey)
    const open = { kty, crv, x } as JsonWebKey
    return { privateKey, publicKey: await importKey('jwk', open, 'Ed25519', true, ['verify']) }
  }
  return replace(subtle, 'generateKey', (...args: unknown[]) => schedule.beside(make(...args)))
}

/** A timer of the town's clock, as its holder sees it. */
const stillTimers = new WeakMap<object, Appointment>()

/**
 * What the driver of the database sets while it is at work stays a timer of the real clock: it waits for a real server. Processes go on meanwhile, in the same turn of the
 * event loop, and theirs are the town's: on a slow machine a real one would ring, and the town would be another one. The driver's are those that hand something on
 * (postgres.js 3.4.9, `timer`), and whoever wants the next turn is given it.
 */
const replaceTimers = (schedule: Schedule): (() => void)[] => {
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis
  const set = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): unknown => {
    if (schedule.isDriving() && (ms === 0 || args.length > 0)) return realSet(run, ms, ...args)
    const handle = {}
    const appointment = schedule.after(ms, 'timer', () => {
      run(...args)
      return undefined
    })
    stillTimers.set(handle, appointment)
    return handle
  }
  const clear = (handle: unknown): void => {
    const appointment = typeof handle === 'object' && handle !== null ? stillTimers.get(handle) : undefined
    if (appointment) appointment.callOff()
    else realClear(handle as Parameters<typeof realClear>[0])
  }
  return [replace(globalThis, 'setTimeout', set), replace(globalThis, 'clearTimeout', clear)]
}

const fillFrom =
  (random: Random) =>
  <Target extends ArrayBufferView>(target: Target): Target => {
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(random.bytes(target.byteLength))
    return target
  }

const timeoutSignal = (schedule: Schedule, ms: number): AbortSignal => {
  const controller = new AbortController()
  schedule.after(ms, 'timeout', () => {
    controller.abort(new DOMException('the time for this call is over', 'TimeoutError'))
    return undefined
  })
  return controller.signal
}
