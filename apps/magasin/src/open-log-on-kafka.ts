import type { LogSettings } from '@magasin/service-kit/service-settings'
import type { KafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { kafkaOptions } from './kafka-options.ts'

/** Opens the log that the brokers hold; its client, which is large, is loaded only here. Throws CONFIG_INVALID where no setting names them. */
export async function openLogOnKafka(config: LogSettings): Promise<KafkaLog> {
  const options = kafkaOptions(config)
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  return openKafkaLog(options)
}
