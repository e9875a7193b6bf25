import { club } from '@magasin/contracts/testing/members'
import { openKafkaLog } from '../kafka-log.ts'

// A member of a group in a process of its own: node group-member.ts BROKER PREFIX GROUP. It says how many partitions it has, and takes
// no event for good.
const [broker = '', prefix = '', group = ''] = process.argv.slice(2)
const log = openKafkaLog({ brokers: [broker], clientId: 'member', topics: club.topics, prefix })
await log.subscribe({
  topics: [...club.topics.keys()],
  group,
  positionsOf: () => Promise.resolve(new Map()),
  deliver: () => Promise.resolve(),
  onAlarm: () => undefined,
  onFault: () => undefined,
  onRecovery: () => undefined,
  onAssigned: (partitions) => process.stdout.write(`${partitions.length}\n`),
})
