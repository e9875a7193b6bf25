// Two databases that follow each other, in a process of its own, until it is killed: `node answer-each-other.ts FILE FILE`. Each records
// an event for the event of the other, whose number is its position.
import { DatabaseSync } from 'node:sqlite'

const [one, other] = process.argv.slice(2).map((file) => {
  const database = new DatabaseSync(file, { timeout: 60_000 })
  database.exec(
    'pragma journal_mode = wal; create table state (seq integer, position integer); insert into state values (0, 0)',
  )
  // What takes a while to copy.
  database.exec('create table bulk (bytes blob)')
  for (let i = 0; i < 20; i++) database.exec('insert into bulk values (randomblob(1000000))')
  return database.prepare('update state set position = ?1, seq = ?1 + ?2')
})
process.stdout.write('ready\n')
for (let seq = 0; ;) {
  one!.run(seq, 1)
  other!.run(seq + 1, 1)
  seq += 2
}
