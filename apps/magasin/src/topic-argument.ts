import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { InvalidArgumentError } from 'commander'

/** The topics of the shop, by name. */
export const topicNames: readonly string[] = [...shopCatalogue.topics.keys()]

/** An argument that is a topic of the shop. */
export function topicArgument(text: string): string {
  if (!topicNames.includes(text)) throw new InvalidArgumentError(`The topics are: ${topicNames.join(', ')}.`)
  return text
}
