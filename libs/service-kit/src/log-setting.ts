import { shownText, type Composed, type Environment, type Setting } from './settings.ts'

/** Brokers of Kafka to begin with, each `host:port`. */
export interface KafkaBrokers {
  readonly brokers: readonly string[]
}

/** What carries events to subscribers: the event table itself, or Kafka. */
export type LogSetting = 'table' | KafkaBrokers

/** `MAGASIN_LOG`, or the lab's `KAFKA_HOST`. */
export function logSetting(meaning: string): Setting<LogSetting> {
  return {
    name: 'MAGASIN_LOG',
    default: 'table',
    meaning,
    allowed: 'table, or kafka://host:port, with more brokers behind commas',
    aliases: [],
    secret: false,
    parse: (text) => (text === 'table' ? text : parseKafkaUrl(text)),
    composed: composeLabName,
  }
}

/** How the log is named to people. */
export function describeLog(log: LogSetting): string {
  return log === 'table' ? 'the event table' : `Kafka at ${log.brokers.join(', ')}`
}

function parseKafkaUrl(text: string): KafkaBrokers | undefined {
  const list = /^kafka:\/\/([^/]+)\/?$/.exec(text)?.[1]
  if (list === undefined) return undefined
  const brokers = list.split(',').map(parseBroker)
  return brokers.includes(undefined) ? undefined : { brokers: brokers as readonly string[] }
}

function composeLabName(env: Environment): Composed<LogSetting> | undefined {
  const text = env['KAFKA_HOST'] ?? ''
  if (text === '') return undefined
  const shown = `KAFKA_HOST=${shownText(text)}`
  const broker = parseBroker(text)
  return broker === undefined
    ? { faults: [`${shown} must be a host, or host:port`] }
    : { shown, value: { brokers: [broker] } }
}

function parseBroker(text: string): string | undefined {
  const [, host, port = '9092'] = /^([\w.-]+)(?::(\d{1,5}))?$/.exec(text) ?? []
  const isPort = Number(port) >= 1 && Number(port) <= 65_535
  return host === undefined || !isPort ? undefined : `${host}:${port}`
}
