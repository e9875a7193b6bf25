import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { until } from '../../../tools/testing/until.ts'
import { checkTopic } from '../on-engines/check-topic.ts'
import { readEvents } from '../on-engines/collect-services.ts'
import type { FaultSite } from '../on-engines/fault-site.ts'
import { readTopic } from '../on-engines/read-topic.ts'

/** What is wrong with the topics of a store that nobody writes any more, once its relay has had its time. */
export async function checkTopics(site: FaultSite, deadlineMs = 30_000): Promise<readonly string[]> {
  const events = await readEvents(site)
  let wrong: readonly string[] = []
  const areWhole = async (): Promise<boolean> => {
    const found = await Promise.all(
      [...shopCatalogue.topics.keys()].map(async (name) => {
        const ofTopic = events.filter(({ topic }) => topic === name)
        return checkTopic(ofTopic, await readTopic(site, name)).map((violation) => `${name}: ${violation}`)
      }),
    )
    wrong = found.flat()
    return wrong.length === 0
  }
  await until('the topics hold the events of the table', areWhole, { deadlineMs, everyMs: 1_000 }).catch(
    () => undefined,
  )
  return wrong
}
