import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'

/** The severities, as `LOG_LEVEL` takes them. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type LogLevel = (typeof logLevels)[number]

/** A pino logger. */
export type Logger = PinoLogger

export interface LoggerOptions {
  /** Named in every line. */
  readonly service: string
  readonly level: LogLevel
  /** Where lines go; stderr by default. */
  readonly destination?: DestinationStream
}

/** A service's log: JSON lines on stderr, readable ones where stderr is a terminal. Nothing personal passes. */
export function createLogger(options: LoggerOptions): Logger {
  return pino({ level: options.level, base: { service: options.service } }, options.destination ?? pino.destination({ fd: 2, sync: true }))
}
