import { isMagasinError, type ErrorFacts } from '@magasin/contracts/magasin-error'
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { censor, censoredNames } from './censor.ts'

/** The severities, as `LOG_LEVEL` takes them. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** A pino logger. */
export type Logger = PinoLogger

export interface LoggerOptions {
  /** Named in every line. */
  readonly service: string
  readonly level: LogLevel
  /** Where lines go as JSON; stderr by default. */
  readonly destination?: DestinationStream
}

/**
 * A service's log: JSON lines on stderr, readable ones if stderr is a terminal.
 * Lines are written before the call returns, so that the last words of a process that ends are among them.
 * What tells something about a person, a card or a secret is censored by the name of its field.
 */
export function createLogger({ service, level, destination = stderr() }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      formatters: { log: censor },
      // pino hands the bindings of a child logger to no formatter; its own redaction covers them.
      redact: { paths: censoredNames.map((name) => `["${name}"]`), censor: '***' },
      serializers: { err: describeError, req: () => undefined, res: () => undefined },
    },
    destination,
  )
}

/** An error as a log line tells it: no bodies, and of its causes no more than what kind they were. */
export interface ErrorDescription {
  readonly type: string
  readonly code?: string
  readonly message: string
  readonly facts?: ErrorFacts
  readonly causes?: readonly string[]
  readonly stack?: string
}

/**
 * Describes anything that was thrown. What passes by itself, such as a broker that is away, has no stack: no line of code is at fault.
 * The message of a database is left out, and that of any cause: it may quote the row that was refused.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is no Error was thrown' }
  const causes = causesOf(error)
  const code = codeOf(error)
  const message = 'sqlState' in error ? 'the database refused a statement' : error.message
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message,
    ...(isMagasinError(error) && Object.keys(error.facts).length > 0 ? { facts: error.facts } : {}),
    ...(causes.length > 0 ? { causes } : {}),
    ...(error.stack === undefined || passesByItself(error)
      ? {}
      : { stack: error.stack.replace(error.message, () => message) }),
  }
}

const passesByItself = (error: Error): boolean =>
  isMagasinError(error) && error.code !== 'INTERNAL' && error.kind.retryable

/** Deep enough for any chain that means something; a chain can be a circle. */
const maxCauses = 8

function causesOf(error: Error): readonly string[] {
  const causes: string[] = []
  for (let cause = error.cause; cause instanceof Error && causes.length < maxCauses; cause = cause.cause)
    causes.push(codeOf(cause) ?? cause.name)
  return causes
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** Both write at once: a pretty-printing stream or a worker would still hold the last lines when the process exits. */
function stderr(): DestinationStream {
  if (!process.stderr.isTTY) return pino.destination({ fd: 2, sync: true })
  const pretty = prettyFactory({ colorize: true, ignore: 'pid,hostname' })
  return { write: (line) => void process.stderr.write(pretty(line)) }
}
