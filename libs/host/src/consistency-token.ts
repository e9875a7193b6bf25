import type { Catalogue } from '@magasin/contracts/catalogue'
import type { EventPlace } from '@magasin/event-log/event-log'
import { placeOf } from '@magasin/event-log/place'
import { InputError } from '@magasin/service-kit/input-error'
import Type from 'typebox'

/** Tells in an answer where the command's events stand, and in a question what the answer must have seen. */
export const consistencyTokenHeader = 'consistency-token'

// Far more than a command of any shop fills: some 150 partitions. A request's headers have 16 KiB in all.
const maxLength = 4_000

/** The headers of a route whose answer waits until it has seen a command. */
export const consistencyHeaders = Type.Object({
  [consistencyTokenHeader]: Type.Optional(
    Type.String({
      maxLength,
      description:
        'as a command answered it: the answer to this request has seen that command, or is 503 `READ_MODELS_BEHIND` with `Retry-After` after two seconds. After several commands ask once with the token of each. What takes no token answers from the tables, and has seen everything',
    }),
  ),
})

// Callers are to send it back as it is; that it can be read helps whoever looks into a log. None of these characters needs escaping in
// a URL, and `~` is in no name of a topic: `1~~loan-events~3~1a~~member-events~0~2~5~9` (topic, then partition and seq, in base 36).
const version = '1'
const betweenTopics = '~~'
const between = '~'
const radix = 36

/** Undefined for no positions, and for more than a token can hold. The same positions make the same token, in whatever order they come. */
export function encodeConsistencyToken(positions: readonly EventPlace[]): string | undefined {
  if (positions.length === 0) return undefined
  const topics = [...Map.groupBy(positions, ({ topic }) => topic)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const parts = topics.map(([topic, some]) => [topic, ...some.toSorted(byPartition).flatMap(numbersOf)].join(between))
  const token = [version, ...parts].join(betweenTopics)
  return token.length > maxLength ? undefined : token
}

/**
 * Throws INPUT_INVALID, naming the header, for what is no token, or names a topic or a partition that is not in the catalogue: nobody
 * is to wait for an event that cannot come.
 */
export function decodeConsistencyToken(catalogue: Catalogue, token: string): readonly EventPlace[] {
  if (token.length > maxLength) throw invalid(`is longer than ${maxLength} characters`)
  const [first, ...parts] = token.split(betweenTopics)
  if (first !== version || parts.length === 0) throw invalid('is not one that this version of the service gave')
  const positions = parts.flatMap((part) => topicPositions(catalogue, part))
  const places = new Set(positions.map(placeOf))
  if (places.size < positions.length) throw invalid('names a partition twice')
  return positions
}

function topicPositions({ topics }: Catalogue, part: string): readonly EventPlace[] {
  const [topic = '', ...numbers] = part.split(between)
  const { partitions } = topics.get(topic) ?? {}
  if (partitions === undefined) throw invalid('names a topic that is not known here')
  if (numbers.length === 0 || numbers.length % 2 > 0) throw invalid('is not whole')
  return Array.from({ length: numbers.length / 2 }, (_, i) => {
    const partition = numberIn(numbers[2 * i]!)
    const seq = numberIn(numbers[2 * i + 1]!)
    if (partition >= partitions) throw invalid('names a partition that its topic does not have')
    if (seq === 0) throw invalid('names no event')
    return { topic, partition, seq }
  })
}

/** One text for each number: no leading zeros, no capitals. */
function numberIn(text: string): number {
  const number = /^(0|[1-9a-z][\da-z]{0,10})$/.test(text) ? Number.parseInt(text, radix) : Number.NaN
  if (!Number.isSafeInteger(number)) throw invalid('has a number that is none')
  return number
}

const numbersOf = ({ partition, seq }: EventPlace) => [partition.toString(radix), seq.toString(radix)]

const byPartition = (a: EventPlace, b: EventPlace) => a.partition - b.partition

/** For a token that names events which this store never recorded: another one's, or from before it was put back to an earlier copy. */
export const beyondTheEnd = () => invalid('names events that this store does not have')

const invalid = (fault: string) =>
  new InputError([{ field: consistencyTokenHeader, message: `${fault}: send it as it was answered` }])
