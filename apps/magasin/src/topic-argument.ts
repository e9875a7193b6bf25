import { isTopicName, topicNames, type TopicName } from '@magasin/contracts/topics'
import { InvalidArgumentError } from 'commander'

/** An argument that is a topic of the shop. */
export function topicArgument(text: string): TopicName {
  if (!isTopicName(text)) throw new InvalidArgumentError(`The topics are: ${topicNames.join(', ')}.`)
  return text
}
