import type { KafkaLog } from '@magasin/event-log/kafka/kafka-log'
import type { ShopConfig } from '@magasin/shop/config'
import { kafkaOptions } from './kafka-options.ts'

/** Opens the log that the brokers hold; its client, which is large, is loaded only here. Throws CONFIG_INVALID where no setting names them. */
export async function openLogOnKafka(config: Pick<ShopConfig, 'log' | 'userTopic'>): Promise<KafkaLog> {
  const options = kafkaOptions(config)
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  return openKafkaLog(options)
}
