import { kafkaTool } from '../../tools/engines/kafka.ts'
import type { MeasuredTopic } from './topic.ts'

/** What Kafka's own consumer made of a topic. */
export interface ConsumerRun {
  /** Keys and values, as it counts them. */
  readonly bytes: number
  readonly records: number
  /** By its own account, the joining of its group included, as its MB.sec says. */
  readonly toldSeconds: number
  /** By its own account, from when it had its partitions. */
  readonly fetchSeconds: number
  /** The whole process, the start of the JVM included. */
  readonly seconds: number
}

const megabyte = 1_048_576

/** Runs `org.apache.kafka.tools.ConsumerPerformance`, as it comes, over a topic that holds so many records. */
export async function consumerPerformance({ broker, name }: MeasuredTopic, records: number): Promise<ConsumerRun> {
  const started = performance.now()
  const args = ['--bootstrap-server', broker, '--topic', name, '--messages', String(records)]
  const output = await kafkaTool('org.apache.kafka.tools.ConsumerPerformance', args)
  const seconds = (performance.now() - started) / 1_000
  const [head, figures] = output
    .trim()
    .split('\n')
    .filter((line) => line.includes(', '))
    .slice(-2)
    .map((line) => line.split(', '))
  const figure = (title: string): number => Number(figures?.[head?.indexOf(title) ?? -1])
  const consumed = figure('data.consumed.in.MB')
  return {
    bytes: consumed * megabyte,
    records: figure('data.consumed.in.nMsg'),
    toldSeconds: consumed / figure('MB.sec'),
    fetchSeconds: figure('fetch.time.ms') / 1_000,
    seconds,
  }
}
