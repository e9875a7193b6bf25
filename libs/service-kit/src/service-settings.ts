import { databaseSetting } from './database-setting.ts'
import type { RateLimits } from './http/rate-limiter.ts'
import { logLevels } from './log/logger.ts'
import { logSetting } from './log-setting.ts'
import { defineSettings, setting, type SettingValues } from './settings.ts'

export interface ServiceDefaults {
  /** Where the service listens unless told. */
  readonly port: number
  readonly portMeaning: string
  /** The topic that the lab's `KAFKA_TOPIC` renames. */
  readonly labTopic: string
}

/** What every service can be told. */
export function serviceSettings({ port, portMeaning, labTopic }: ServiceDefaults) {
  return defineSettings({
    host: setting.text('HOST', '127.0.0.1', 'The address on which services listen'),
    port: setting.port('PORT', port, portMeaning),
    rateLimit: setting.integer('MAGASIN_RATE_LIMIT', 6_000, 'The most requests a minute of one caller; 0: any number', {
      min: 0,
      max: 10_000_000,
    }),
    addressRateLimit: setting.integer(
      'MAGASIN_RATE_LIMIT_ADDRESS',
      600,
      'The most requests a minute from one address without a valid token; 0: any number',
      { min: 0, max: 10_000_000 },
    ),
    dataDir: setting.text('MAGASIN_DATA', 'data', 'The folder of the embedded databases and tokens'),
    database: databaseSetting('A service’s own database: `sqlite`, or `mysql://user:password@host:port/name`'),
    log: logSetting('What carries events to subscribers: `table`, the event table itself, or `kafka://host:port`'),
    topicPrefix: setting.prefix('MAGASIN_TOPIC_PREFIX', 'What stands before the name of every topic on the broker'),
    topicNames: setting.nameOf(
      'KAFKA_TOPIC',
      labTopic,
      `What the topic \`${labTopic}\` is called on the broker, prefix and all`,
    ),
    logLevel: setting.oneOf('LOG_LEVEL', logLevels, 'info', 'The least level that is logged'),
  })
}

type ServiceValues = SettingValues<ReturnType<typeof serviceSettings>>

/** What every service is told. A limit of requests that is left out is none. */
export type ServiceConfig = Omit<ServiceValues, keyof RateLimits> & Partial<RateLimits>

/** What the settings say of the log, however it is carried. */
export type LogSettings = Pick<ServiceConfig, 'log' | 'topicPrefix' | 'topicNames'>

/** Kafka as the settings describe it: where its brokers are and what topics are called there; null if the log is the table. */
export function kafkaOf({ log, topicPrefix, topicNames }: LogSettings) {
  return log === 'table' ? null : { brokers: log.brokers, prefix: topicPrefix, names: topicNames }
}
