import { MagasinError } from '@magasin/contracts/magasin-error'
import type { KafkaOptions } from '@magasin/event-log/kafka/cluster'
import { kafkaOf } from '@magasin/service-kit/service-settings'
import type { ShopConfig } from '@magasin/shop/config'

/** Where Kafka is. Throws CONFIG_INVALID where the settings name none. */
export function kafkaOptions(config: Pick<ShopConfig, 'log' | 'userTopic'>): KafkaOptions {
  const kafka = kafkaOf(config)
  if (kafka === null)
    throw new MagasinError(
      'CONFIG_INVALID',
      'the settings are wrong:\n  MAGASIN_LOG must be kafka://host:port for this',
    )
  return { ...kafka, clientId: 'magasin-cli' }
}
