import { MagasinError } from '@magasin/contracts/magasin-error'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import type { KafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

/** Where Kafka is. Throws CONFIG_INVALID if the settings name none. */
export function kafkaOptions(config: LogSettings): KafkaOptions {
  const kafka = kafkaOf(config)
  if (kafka === null)
    throw new MagasinError(
      'CONFIG_INVALID',
      'the settings are wrong:\n  MAGASIN_LOG must be kafka://host:port for this',
    )
  return { ...kafka, topics: shopCatalogue.topics, clientId: 'magasin-cli' }
}

/** Opens the log that the brokers hold; its client, which is large, is loaded only here. Throws CONFIG_INVALID if no setting names them. */
export async function openLogOnBrokers(config: LogSettings): Promise<KafkaLog> {
  const options = kafkaOptions(config)
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  return openKafkaLog(options)
}
