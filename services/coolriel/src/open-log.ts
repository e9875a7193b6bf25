import { MagasinError } from '@magasin/contracts/magasin-error'
import type { KafkaLog } from '@magasin/event-log/kafka/kafka-log'
import { kafkaOf, type LogSettings } from '@magasin/service-kit/service-settings'
import { users } from '@magasin/shop-contracts/families/users'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'

/** Opens the log that Coolriel reads where it runs by itself. Throws CONFIG_INVALID where that is a table of another process. */
export async function openCoolrielLog(config: LogSettings): Promise<KafkaLog> {
  const kafka = kafkaOf(config, users.topic.name)
  if (kafka === null)
    throw new MagasinError(
      'CONFIG_INVALID',
      'the settings are wrong:\n  MAGASIN_LOG must be kafka://host:port where Coolriel runs by itself: a table is read in the process of the store (`magasin start`)',
    )
  // Here and not above: Kafka's client takes as long to load as all the rest, and most shops on a laptop have no Kafka.
  const { newClientId } = await import('@magasin/event-log/kafka/cluster')
  const { openKafkaLog } = await import('@magasin/event-log/kafka/kafka-log')
  return openKafkaLog({ ...kafka, topics: shopCatalogue.topics, clientId: newClientId('coolriel') })
}
