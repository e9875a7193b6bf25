// A member of a group as a process of its own, so that it can be killed: `node log-member.ts FILE BROKER TOPIC GROUP`.
// Writes a line as soon as it has handled an event.
import { club } from '@magasin/contracts/testing/members'
import { openFollower } from './log-follower.ts'

const [file = '', broker = '', topic = '', group = ''] = process.argv.slice(2)
const kafka = { brokers: [broker], clientId: 'member', topics: club.topics, names: { 'member-events': topic } }
const follower = await openFollower({ file, kafka, group })
await follower.start()
await follower.until(() => follower.handled.size > 0)
console.log('handled')
