/** One server of MariaDB, Kafka or Redis, on this machine, reachable from this machine only. */
export interface Engine {
  readonly name: string
  /** As a setting of Magasin wants it: `mysql://root@127.0.0.1:3306`, `kafka://127.0.0.1:9092`, `redis://127.0.0.1:6379`. */
  readonly url: string
  readonly port: number
  /** Holds all it has; what it stores is in its `data/`. */
  readonly folder: string
  /** What it says about itself, from its first start on. */
  readonly logPath: string
  /** Of the engine's own process, so that it can be stopped in the middle (SIGSTOP) and woken; undefined while none runs. */
  readonly pid: number | undefined
  /** Ends it by word and waits for its end; by force when it takes longer than half a minute. Does nothing when none runs. */
  stop(): Promise<void>
  /** Ends it by SIGKILL and waits for its end. Does nothing when none runs. */
  kill(): Promise<void>
  /** Starts it again, on the same port and folder, and waits until it answers. Does nothing when it runs. */
  start(): Promise<void>
}

export interface EngineOptions {
  /** Where it keeps everything, from one start to the next. By default a new temporary folder that goes with this process. */
  readonly folder?: string | undefined
  /** By default a free one. */
  readonly port?: number | undefined
  /** Settings of the engine's own, over those that are set here, by the names that its manual gives them. */
  readonly settings?: EngineSettings | undefined
}

export type EngineSettings = Readonly<Record<string, string | number | boolean>>
