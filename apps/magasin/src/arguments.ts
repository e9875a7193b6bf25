import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { InvalidArgumentError } from 'commander'

/** The topics of the shop, by name. */
export const topicNames: readonly string[] = [...shopCatalogue.topics.keys()]

/** An argument that is a topic of the shop. */
export function topicArgument(text: string): string {
  if (!topicNames.includes(text)) throw new InvalidArgumentError(`The topics are: ${topicNames.join(', ')}.`)
  return text
}

/** An argument that is a whole number of 1 or more. */
export function wholeNumber(text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0
  if (value < 1) throw new InvalidArgumentError('It must be a whole number, 1 or more.')
  return value
}
