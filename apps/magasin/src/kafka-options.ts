import { MagasinError } from '@magasin/contracts/magasin-error'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import { users } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

/** Where Kafka is. Throws CONFIG_INVALID where the settings name none. */
export function kafkaOptions(config: LogSettings): KafkaOptions {
  const kafka = kafkaOf(config, users.topic.name)
  if (kafka === null)
    throw new MagasinError(
      'CONFIG_INVALID',
      'the settings are wrong:\n  MAGASIN_LOG must be kafka://host:port for this',
    )
  return { ...kafka, topics: shopCatalogue.topics, clientId: 'magasin-cli' }
}
