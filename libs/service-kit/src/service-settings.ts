import { databaseSetting } from './database-setting.ts'
import { logLevels } from './log/logger.ts'
import { logSetting, type LogSetting } from './log-setting.ts'
import { defineSettings, setting } from './settings.ts'

/** What every service can be told; `port` is where it listens unless told. */
export function serviceSettings({ port, portMeaning }: { readonly port: number; readonly portMeaning: string }) {
  return defineSettings({
    host: setting.text('HOST', '127.0.0.1', 'The address on which services listen'),
    port: setting.port('PORT', port, portMeaning),
    dataDir: setting.text('MAGASIN_DATA', 'data', 'The folder of the embedded databases and tokens'),
    database: databaseSetting('A service’s own database: `sqlite`, or `mysql://user:password@host:port/name`'),
    log: logSetting('What carries events to subscribers: `table`, the event table itself, or `kafka://host:port`'),
    userTopic: setting.name('KAFKA_TOPIC', 'user-events', 'What the topic `user-events` is called on the broker'),
    logLevel: setting.oneOf('LOG_LEVEL', logLevels, 'info', 'The least level that is logged'),
  })
}

/** Kafka as the settings describe it: where its brokers are and what topics are called there; null where the log is the table. */
export function kafkaOf({ log, userTopic }: { readonly log: LogSetting; readonly userTopic: string }) {
  return log === 'table' ? null : { brokers: log.brokers, names: { 'user-events': userTopic } }
}
